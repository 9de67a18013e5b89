// SPDX-License-Identifier: Apache-2.0
#include "dj/text/python_regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>
#include <new>

#include <fmt/format.h>
#include <pcre2.h>

#include "dj/base/error.hpp"
#include "dj/text/utf8.hpp"
#include "text/regex_translation.hpp"

namespace dj {
namespace {

constexpr std::size_t kJitStackBytes = 8U << 20;
constexpr std::size_t kJitStackStartBytes = 64U << 10;
constexpr std::uint32_t kMatchLimit = 10'000'000;
constexpr std::uint32_t kHeapLimitKib = 64U << 10;

struct Free {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
    void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};
template <class T>
using Handle = std::unique_ptr<T, Free>;

template <class T>
Handle<T> checked(T* pointer) {
    if (pointer == nullptr) throw std::bad_alloc();
    return Handle<T>(pointer);
}

std::string pcre2_message(int error) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

PCRE2_SPTR bytes_of(std::string_view text) {
    return reinterpret_cast<PCRE2_SPTR>(text.data() == nullptr ? "" : text.data());
}

Handle<pcre2_code> compile(std::string_view pattern, const regex_detail::Translation& translation) {
    std::uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C;
    // Python's ^ also matches behind a newline that ends the text.
    if (translation.multi_line) options |= PCRE2_MULTILINE;
    options |= PCRE2_ALT_CIRCUMFLEX;
    if (translation.dot_all) options |= PCRE2_DOTALL;
    if (translation.ignore_case) options |= PCRE2_CASELESS;
    const auto context = checked(pcre2_compile_context_create(nullptr));
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    int error = 0;
    PCRE2_SIZE offset = 0;
    const auto& translated = translation.pattern;
    Handle<pcre2_code> code(
        pcre2_compile(bytes_of(translated), translated.size(), options, &error, &offset, context.get()));
    if (!code) {
        throw UserError(fmt::format("the pattern '{}' is not supported: {}", pattern, pcre2_message(error)));
    }
    // Where the JIT has no code for this processor, PCRE2 interprets.
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
    return code;
}

}  // namespace

struct PythonRegex::State {
    regex_detail::Translation translation;
    Handle<pcre2_code> code;
};

PythonRegex::PythonRegex(std::string_view pattern, RegexModule module, bool dot_all) {
    if (!is_valid_utf8(pattern)) throw UserError("a pattern is not valid UTF-8");
    auto state = std::make_unique<State>();
    state->translation = regex_detail::translate(pattern, module, dot_all);
    state->code = compile(pattern, state->translation);
    state_ = std::move(state);
}

PythonRegex::~PythonRegex() = default;
PythonRegex::PythonRegex(PythonRegex&&) noexcept = default;
PythonRegex& PythonRegex::operator=(PythonRegex&&) noexcept = default;

std::size_t PythonRegex::group_count() const { return state_->translation.groups; }
const std::map<std::string, std::size_t, std::less<>>& PythonRegex::group_names() const {
    return state_->translation.names;
}
const std::string& PythonRegex::translated() const { return state_->translation.pattern; }

struct RegexMatcher::State {
    const pcre2_code* code = nullptr;
    Handle<pcre2_match_context> context;
    Handle<pcre2_match_data> data;
    Handle<pcre2_jit_stack> stack;
    std::string_view subject;
    std::size_t from = 0;
    bool after_empty = false;  // the match before was empty: the next must not be, at the same place
    int groups = 0;            // that took part, the last of them and all before
};

RegexMatcher::RegexMatcher(const PythonRegex& regex) : state_(std::make_unique<State>()) {
    state_->code = regex.state_->code.get();
    state_->context = checked(pcre2_match_context_create(nullptr));
    state_->data = checked(pcre2_match_data_create_from_pattern(state_->code, nullptr));
    state_->stack.reset(pcre2_jit_stack_create(kJitStackStartBytes, kJitStackBytes, nullptr));
    if (state_->stack) pcre2_jit_stack_assign(state_->context.get(), nullptr, state_->stack.get());
    pcre2_set_match_limit(state_->context.get(), kMatchLimit);
    pcre2_set_heap_limit(state_->context.get(), kHeapLimitKib);
}

RegexMatcher::~RegexMatcher() = default;
RegexMatcher::RegexMatcher(RegexMatcher&&) noexcept = default;
RegexMatcher& RegexMatcher::operator=(RegexMatcher&&) noexcept = default;

void RegexMatcher::start(std::string_view subject) {
    state_->subject = subject;
    state_->from = 0;
    state_->after_empty = false;
    state_->groups = 0;
}

RegexOutcome RegexMatcher::next() {
    auto& state = *state_;
    state.groups = 0;
    const std::uint32_t options = PCRE2_NO_UTF_CHECK | (state.after_empty ? PCRE2_NOTEMPTY_ATSTART : 0);
    const int result = pcre2_match(state.code, bytes_of(state.subject), state.subject.size(), state.from,
                                   options, state.data.get(), state.context.get());
    if (result == PCRE2_ERROR_NOMATCH) return RegexOutcome::none;
    switch (result) {
        case PCRE2_ERROR_MATCHLIMIT:
        case PCRE2_ERROR_DEPTHLIMIT:
        case PCRE2_ERROR_HEAPLIMIT:
        case PCRE2_ERROR_JIT_STACKLIMIT: return RegexOutcome::limit;
        case PCRE2_ERROR_NOMEMORY: throw std::bad_alloc();
        default: break;
    }
    if (result < 0) throw Bug(fmt::format("PCRE2: {}", pcre2_message(result)));
    state.groups = result;
    const auto* const ends = pcre2_get_ovector_pointer(state.data.get());
    state.from = ends[1];
    state.after_empty = ends[0] == ends[1];
    return RegexOutcome::match;
}

std::optional<RegexSpan> RegexMatcher::group(std::size_t number) const {
    if (number >= static_cast<std::size_t>(state_->groups)) return std::nullopt;
    const auto* const ends = pcre2_get_ovector_pointer(state_->data.get());
    if (ends[2 * number] == PCRE2_UNSET) return std::nullopt;
    return RegexSpan{ends[2 * number], ends[2 * number + 1]};
}

}  // namespace dj
