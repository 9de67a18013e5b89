// SPDX-License-Identifier: Apache-2.0
#include "recipe/data_juicer_ops.hpp"

#include <algorithm>
#include <array>

namespace dj {
namespace {

/// Every operator registered by py-data-juicer 1.6.1.
// clang-format off
constexpr std::array<std::string_view, 228> kNames{
    "agent_bad_case_signal_mapper", "agent_dialog_normalize_mapper", "agent_insight_llm_mapper",
    "agent_skill_insight_mapper", "agent_tool_relevance_mapper", "agent_tool_type_mapper",
    "agent_trace_coherence_mapper", "alphanumeric_filter", "audio_add_gaussian_noise_mapper",
    "audio_duration_filter", "audio_ffmpeg_wrapped_mapper", "audio_nmf_snr_filter", "audio_size_filter",
    "average_line_length_filter", "calibrate_qa_mapper", "calibrate_query_mapper",
    "calibrate_response_mapper", "character_repetition_filter", "chinese_convert_mapper",
    "clean_copyright_mapper", "clean_email_mapper", "clean_html_mapper", "clean_ip_mapper",
    "clean_links_mapper", "detect_character_attributes_mapper", "detect_character_locations_mapper",
    "detect_main_character_mapper", "dialog_clarification_quality_mapper", "dialog_coreference_mapper",
    "dialog_error_recovery_mapper", "dialog_intent_detection_mapper", "dialog_memory_consistency_mapper",
    "dialog_non_repetition_mapper", "dialog_proactivity_mapper", "dialog_sentiment_detection_mapper",
    "dialog_sentiment_intensity_mapper", "dialog_topic_detection_mapper", "dialog_topic_shift_mapper",
    "document_deduplicator", "document_line_deduplicator", "document_minhash_deduplicator",
    "document_minhash_deduplicator_with_uid", "document_simhash_deduplicator", "download_file_mapper",
    "entity_attribute_aggregator", "expand_macro_mapper", "export_to_lerobot_mapper",
    "extract_entity_attribute_mapper", "extract_entity_relation_mapper", "extract_event_mapper",
    "extract_keyword_mapper", "extract_nickname_mapper", "extract_support_text_mapper",
    "extract_tables_from_html_mapper", "fix_unicode_mapper", "flagged_words_filter",
    "frequency_specified_field_selector", "fused_sequential_batch_op", "general_field_filter",
    "general_fused_op", "generate_qa_from_examples_mapper", "generate_qa_from_text_mapper",
    "human_preference_annotation_mapper", "image_aesthetics_filter", "image_aspect_ratio_filter",
    "image_blur_mapper", "image_captioning_mapper", "image_deduplicator", "image_detection_yolo_mapper",
    "image_diffusion_mapper", "image_face_blur_mapper", "image_face_count_filter", "image_face_ratio_filter",
    "image_mmpose_mapper", "image_nsfw_filter", "image_ohem_selector", "image_pair_similarity_filter",
    "image_remove_background_mapper", "image_sam_3d_body_mapper", "image_segment_mapper",
    "image_shape_filter", "image_size_filter", "image_subplot_filter", "image_tagging_mapper",
    "image_tagging_vlm_mapper", "image_text_matching_filter", "image_text_similarity_filter",
    "image_watermark_filter", "imgdiff_difference_area_generator_mapper",
    "imgdiff_difference_caption_generator_mapper", "in_context_influence_filter",
    "instruction_following_difficulty_filter", "key_value_grouper", "language_id_score_filter",
    "latex_figure_context_extractor_mapper", "latex_merge_tex_mapper", "llm_analysis_filter",
    "llm_condition_filter", "llm_difficulty_score_filter", "llm_extract_mapper", "llm_perplexity_filter",
    "llm_quality_score_filter", "llm_ray_vllm_engine_pipeline", "llm_task_relevance_filter",
    "maximum_line_length_filter", "meta_tags_aggregator", "mllm_mapper", "most_relevant_entities_aggregator",
    "naive_grouper", "naive_reverse_grouper", "nested_aggregator", "nlpaug_en_mapper", "nlpcda_zh_mapper",
    "optimize_prompt_mapper", "optimize_qa_mapper", "optimize_query_mapper", "optimize_response_mapper",
    "pair_preference_mapper", "perplexity_filter", "phrase_grounding_recall_filter", "pii_llm_suspect_mapper",
    "pii_redaction_mapper", "punctuation_normalization_mapper", "python_file_mapper", "python_lambda_mapper",
    "query_intent_detection_mapper", "query_sentiment_detection_mapper", "query_topic_detection_mapper",
    "random_selector", "range_specified_field_selector", "ray_bts_minhash_cpp_deduplicator",
    "ray_bts_minhash_deduplicator", "ray_bts_minhash_deduplicator_with_uid", "ray_document_deduplicator",
    "ray_image_deduplicator", "ray_repartition_pipeline", "ray_video_deduplicator",
    "relation_identity_mapper", "remove_bibliography_mapper", "remove_comments_mapper",
    "remove_header_mapper", "remove_long_words_mapper", "remove_non_chinese_character_mapper",
    "remove_repeat_sentences_mapper", "remove_specific_chars_mapper", "remove_table_text_mapper",
    "remove_words_with_incorrect_substrings_mapper", "replace_content_mapper", "s3_download_file_mapper",
    "s3_upload_file_mapper", "sdxl_prompt2prompt_mapper", "sentence_augmentation_mapper",
    "sentence_split_mapper", "special_characters_filter", "specified_field_filter",
    "specified_numeric_field_filter", "stopwords_filter", "suffix_filter", "tags_specified_field_selector",
    "text_action_filter", "text_chunk_mapper", "text_embd_similarity_filter", "text_entity_dependency_filter",
    "text_length_filter", "text_pair_similarity_filter", "text_tagging_by_prompt_mapper", "token_num_filter",
    "tool_success_tagger_mapper", "topk_specified_field_selector", "usage_counter_mapper", "vggt_mapper",
    "video_active_speaker_detect_mapper", "video_aesthetics_filter", "video_aspect_ratio_filter",
    "video_atomic_action_segment_mapper", "video_audio_ASR_mapper", "video_audio_detect_age_gender_mapper",
    "video_audio_speech_emotion_mapper", "video_camera_calibration_deepcalib_mapper",
    "video_camera_calibration_droidcalib_mapper", "video_camera_calibration_moge_mapper",
    "video_camera_pose_megasam_mapper", "video_captioning_face_attribute_emotion_mapper",
    "video_captioning_from_audio_mapper", "video_captioning_from_frames_mapper",
    "video_captioning_from_human_tracks_mapper", "video_captioning_from_summarizer_mapper",
    "video_captioning_from_video_mapper", "video_captioning_from_vlm_mapper", "video_clip_reassembly_mapper",
    "video_deduplicator", "video_depth_estimation_mapper", "video_duration_filter",
    "video_extract_frames_mapper", "video_face_blur_mapper", "video_face_ratio_filter",
    "video_ffmpeg_wrapped_mapper", "video_frames_text_similarity_filter", "video_hand_action_compute_mapper",
    "video_hand_motion_smooth_mapper", "video_hand_reconstruction_hawor_mapper",
    "video_hand_reconstruction_mapper", "video_human_tracks_extraction_mapper",
    "video_human_tracks_face_demographic_mapper", "video_motion_score_filter",
    "video_motion_score_ptlflow_filter", "video_motion_score_raft_filter", "video_nsfw_filter",
    "video_object_segmenting_mapper", "video_ocr_area_ratio_filter", "video_remove_watermark_mapper",
    "video_resize_aspect_ratio_mapper", "video_resize_resolution_mapper", "video_resolution_filter",
    "video_split_by_duration_mapper", "video_split_by_key_frame_mapper", "video_split_by_scene_mapper",
    "video_tagging_from_audio_mapper", "video_tagging_from_frames_filter", "video_tagging_from_frames_mapper",
    "video_trajectory_overlay_mapper", "video_undistort_mapper", "video_watermark_filter",
    "video_whole_body_pose_estimation_mapper", "vlm_ray_vllm_engine_pipeline",
    "whitespace_normalization_mapper", "word_repetition_filter", "words_num_filter",
};
// clang-format on
static_assert(std::ranges::is_sorted(kNames));

}  // namespace

std::span<const std::string_view> data_juicer_ops() { return kNames; }

bool is_data_juicer_op(std::string_view name) { return std::ranges::binary_search(kNames, name); }

}  // namespace dj
