#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The result on disk: replaced as a whole, cut into exact shards, readable by others, nothing left beside it."""
import gzip
import json
import os
import stat
import unittest

from dj_corpus import make_records, to_bytes
from dj_model import Expected
from dj_testing import JobCase, files_below, read, zstd

LENGTH = {"text_length_filter": {"min_len": 10}}
DEDUP = {"document_deduplicator": None}


class ExportTest(JobCase):
    def setUp(self):
        super().setUp()
        self.records = make_records(300, seed=21)
        self.source = self.write("in.jsonl", to_bytes(self.records))
        self.out = self.path("out", "result.jsonl")

    def export(self, process=None, ranks=None, **keys):
        run = self.run_job({"dataset_path": self.source, "export_path": self.out,
                            "process": [LENGTH, DEDUP] if process is None else process, **keys}, ranks=ranks)
        self.assert_counts_add_up(run)
        return run

    def test_a_second_run_replaces_and_never_appends(self):
        for ranks in (None, 3):
            self.export(ranks=ranks)
            expected = Expected(self.records, [LENGTH, DEDUP])
            self.assertEqual(files_below(os.path.dirname(self.out)),
                             {"result.jsonl": expected.output, "result_stats.jsonl": expected.stats})

    def test_a_smaller_result_leaves_no_tail_of_the_larger(self):
        self.write("out/result.jsonl", b"x" * 10_000_000)
        self.export(process=[{"text_length_filter": {"min_len": 250}}])
        self.assert_same_bytes(read(self.out), Expected(self.records, [{"text_length_filter": {"min_len": 250}}]).output, "")

    def test_a_link_stays_and_its_target_is_written(self):
        target = self.path("elsewhere", "target.jsonl")
        os.symlink("../elsewhere/target.jsonl", self.out)
        for ranks in (None, 2):
            self.export(ranks=ranks)
            self.assertTrue(os.path.islink(self.out))
            self.assert_same_bytes(read(target), Expected(self.records, [LENGTH, DEDUP]).output, "behind the link")

    def test_summary_and_files_agree(self):
        run = self.export(ranks=2)
        summary = run.summary()
        self.assertEqual(summary["status"], "completed")
        self.assertEqual(summary["exit_code"], 0)
        self.assertEqual(summary["exported"], read(self.out).count(b"\n"))
        self.assertEqual(summary["records_read"], len(self.records))
        outputs = {os.path.basename(output["path"]): output for output in summary["outputs"]}
        self.assertEqual(outputs["result.jsonl"]["bytes"], os.path.getsize(self.out))
        self.assertEqual(outputs["result.jsonl"]["rows"], summary["exported"])

    def test_folders_are_made_and_files_have_usual_permissions(self):
        self.out = os.path.join(self.dir, "new", "deep", "er", "result.jsonl")
        self.export()
        mask = os.umask(0)
        os.umask(mask)
        self.assertEqual(stat.S_IMODE(os.stat(self.out).st_mode), 0o666 & ~mask)

    def test_other_files_beside_it_are_left_alone(self):
        for name in ("result-00-of-02.jsonl.mine", "other.jsonl", ".hidden", "result.jsonl.bak"):
            self.write("out/" + name, "mine")
        self.export()
        found = files_below(os.path.dirname(self.out))
        for name in ("result-00-of-02.jsonl.mine", "other.jsonl", ".hidden", "result.jsonl.bak"):
            self.assertEqual(found[name], b"mine")
        self.assertEqual(len(found), 6)

    def test_a_name_without_folder_means_here(self):
        self.run_job({"dataset_path": "in.jsonl", "export_path": "result.jsonl", "process": []})
        self.assert_same_bytes(read(os.path.join(self.dir, "result.jsonl")), Expected(self.records, []).output, "here")

    def test_shards_are_as_full_as_they_can_be(self):
        limit = 5000
        for ranks in (None, 3):
            self.export(ranks=ranks, process=[DEDUP], export_shard_size=limit)
            folder = os.path.dirname(self.out)
            lines = Expected(self.records, [DEDUP]).lines
            shards = [[]]
            for line in lines:
                if shards[-1] and sum(map(len, shards[-1])) + len(line) > limit:
                    shards.append([])
                shards[-1].append(line)
            width = len(str(len(shards))) + 1
            names = [f"result-{i:0{width}}-of-{len(shards):0{width}}.jsonl" for i in range(len(shards))]
            self.assertEqual(files_below(folder), {name: b"".join(shard) for name, shard in zip(names, shards)})

    def test_fewer_shards_than_before_leave_no_old_ones(self):
        self.export(process=[DEDUP], export_shard_size=3000)
        many = sorted(os.listdir(os.path.dirname(self.out)))
        self.export(process=[DEDUP], export_shard_size=20000)
        few = sorted(os.listdir(os.path.dirname(self.out)))
        self.assertGreater(len(many), len(few))
        data = b"".join(read(os.path.join(os.path.dirname(self.out), name)) for name in few)
        self.assert_same_bytes(data, Expected(self.records, [DEDUP]).output, "shards of two runs must not mix")

    def test_a_record_larger_than_a_shard_has_one_of_its_own(self):
        self.source = self.write("in.jsonl", '{"text":"a"}\n{"text":"%s"}\n{"text":"b"}\n' % ("x" * 5000))
        self.export(process=[], export_shard_size=100)
        sizes = [len(data) for _, data in sorted(files_below(os.path.dirname(self.out)).items())]
        self.assertEqual(sizes, [13, 5012, 13])

    def test_compressed_results_are_read_by_others(self):
        expected = Expected(self.records, [LENGTH, DEDUP]).output
        for suffix, decompress in ((".gz", gzip.decompress), (".zst", lambda data: zstd(data, "-d"))):
            self.out = self.path("packed", "result.jsonl" + suffix)
            self.export()
            self.assert_same_bytes(decompress(read(self.out)), expected, suffix)
            self.export(process=[{"text_length_filter": {"min_len": 10**6}}])
            self.assertEqual(decompress(read(self.out)), b"", "no rows, and still a valid file")

    def test_stats_and_hashes_are_kept_on_demand(self):
        for keep_stats in (False, True):
            for keep_hashes in (False, True):
                self.export(keep_stats_in_res_ds=keep_stats, keep_hashes_in_res_ds=keep_hashes)
                expected = Expected(self.records, [LENGTH, DEDUP], keep_stats=keep_stats, keep_hashes=keep_hashes)
                self.assert_same_bytes(read(self.out), expected.output, f"{keep_stats} {keep_hashes}")
                self.assert_same_bytes(read(self.out.replace(".jsonl", "_stats.jsonl")), expected.stats, "stats")

    def test_no_filter_no_stats_file(self):
        self.export(process=[DEDUP])
        self.assertEqual(os.listdir(os.path.dirname(self.out)), ["result.jsonl"])

    def test_result_into_the_folder_of_the_input_is_not_read_again(self):
        folder = os.path.join(self.dir, "both")
        self.write("both/in.jsonl", to_bytes(self.records))
        self.source, self.out = folder, os.path.join(folder, "in.jsonl")
        run = self.run_job({"dataset_path": self.source, "export_path": self.out, "process": []}, expect=None)
        self.assertNotEqual(run.exit_code, 0, "the input would be overwritten")
        self.assertEqual(read(self.out), to_bytes(self.records))

    def test_events_tell_the_story(self):
        run = self.export(ranks=2)
        kinds = [event["event_type"] for event in run.events()]
        self.assertEqual(kinds.count("job_start"), 1)
        self.assertEqual(kinds[-1], "job_complete")
        starts, ends = run.events("op_start"), run.events("op_complete")
        pairs = {(event["operation_name"], event.get("partition_id")) for event in starts}
        self.assertEqual(pairs, {(event["operation_name"], event.get("partition_id")) for event in ends})
        self.assertEqual({name for name, _ in pairs}, {"text_length_filter", "document_deduplicator"})
        kept = sum(event["output_rows"] for event in ends if event["operation_name"] == "text_length_filter")
        self.assertEqual(kept, run.step("text_length_filter")["rows_out"])
        self.assertEqual(len(run.events("partition_complete")), run.summary()["partitions"])

    def test_the_job_folder_describes_the_job(self):
        run = self.export()
        for name in ("job_summary.json", "dag_execution_plan.json", "metadata/dataset_mapping.json", "recipe.yaml"):
            self.assertTrue(os.path.exists(os.path.join(run.folder, name)), name)
        mapping = json.loads(read(os.path.join(run.folder, "metadata", "dataset_mapping.json")))
        self.assertEqual(sum(p["sample_count"] for p in mapping["partitions"]), len(self.records))
        self.assertEqual({p["processing_status"] for p in mapping["partitions"]}, {"completed"})


if __name__ == "__main__":
    unittest.main()
