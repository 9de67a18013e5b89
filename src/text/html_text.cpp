// SPDX-License-Identifier: Apache-2.0
#include "dj/text/html_text.hpp"

#include <new>

#include <lexbor/dom/dom.h>
#include <lexbor/html/html.h>

namespace dj {
namespace {

struct DestroyDocument {
    void operator()(lxb_html_document_t* document) const { lxb_html_document_destroy(document); }
};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

lexbor_action_t append_node(lxb_dom_node_t* node, void* out) {
    if (node->local_name == LXB_TAG__TEXT) {
        const lexbor_str_t& data = lxb_dom_interface_text(node)->char_data.data;
        if (data.data != nullptr)
            static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(data.data), data.length);
    }
    return LEXBOR_ACTION_OK;
}

}  // namespace

struct HtmlTextReader::State {
    std::unique_ptr<lxb_html_document_t, DestroyDocument> document{lxb_html_document_create()};
};

HtmlTextReader::HtmlTextReader() : state_(std::make_unique<State>()) {
    if (!state_->document) throw std::bad_alloc();
}
HtmlTextReader::~HtmlTextReader() = default;
HtmlTextReader::HtmlTextReader(HtmlTextReader&&) noexcept = default;
HtmlTextReader& HtmlTextReader::operator=(HtmlTextReader&&) noexcept = default;

bool HtmlTextReader::append_text(std::string_view html, std::string& out) {
    lxb_html_document_t* const document = state_->document.get();
    lxb_html_document_clean(document);
    if (lxb_html_document_parse(document, bytes_of(html), html.size()) != LXB_STATUS_OK) return false;
    lxb_dom_node_t* const root = lxb_dom_document_root(lxb_dom_interface_document(document));
    if (root != nullptr) lxb_dom_node_simple_walk(root, append_node, &out);
    return true;
}

}  // namespace dj
