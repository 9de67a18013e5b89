# SPDX-License-Identifier: Apache-2.0
"""metadata/: which input rows became which output rows, and what each operator did with each partition's."""
import json
import os
import unittest

from dj_testing import FULL, JobCase, read

FILTER = {"text_length_filter": {"min_len": 12}}
CHUNK = {"text_chunk_mapper": {}}
DEDUP = {"document_deduplicator": {}}
WORDS = {"words_num_filter": {"min_num": 2}}
TOP = {"topk_specified_field_selector": {"field_key": "id", "topk": 40}}


def corpus():
    rows = []
    for i in range(400):
        text = f"row number {i % 170}" if i % 7 else "short"
        rows.append(json.dumps({"id": i, "text": text + "\n\nsecond piece" if i % 11 == 0 else text}))
        if i % 60 == 5:
            rows.append("no json")
    return "\n".join(rows) + "\n"


class Mapping(JobCase):
    def run_recipe(self, ops, ranks=None, **keys):
        run = self.run_job({"dataset_path": self.write("in.jsonl", corpus()), "export_path": self.path("out", "out.jsonl"),
                            "partition": {"mode": "manual", "num_of_partitions": 6}, "process": ops, **keys}, ranks=ranks)
        self.assert_counts_add_up(run)
        return run

    def metadata(self, run, name):
        return json.loads(read(os.path.join(run.folder, "metadata", name)))

    def test_every_output_row_comes_from_the_partition_that_is_said(self):
        for ranks in (None, 3) if FULL else (2,):
            for ops in ([FILTER], [FILTER, CHUNK, DEDUP], [DEDUP], [CHUNK, DEDUP, WORDS, {**DEDUP}, FILTER], []):
                with self.subTest(ops=ops, ranks=ranks):
                    run = self.run_recipe(ops, ranks)
                    mapping, report = (self.metadata(run, name) for name in ("dataset_mapping.json", "final_mapping_report.json"))
                    output = [json.loads(line)["id"] for line in read(self.path("out", "out.jsonl")).splitlines()]
                    records = read(self.path("in.jsonl")).splitlines()
                    seen = read_so_far = 0
                    for partition in mapping["partitions"]:
                        self.assertEqual((partition["processing_status"], partition["original_start_idx"]), ("completed", read_so_far))
                        ids = [json.loads(line)["id"] for line in records[read_so_far:partition["original_end_idx"]] if line[:1] == b"{"]
                        self.assertEqual(partition["output_start_idx"], seen)
                        for found in output[seen:seen + partition["output_rows"]]:
                            self.assertIn(found, ids)
                        seen += partition["output_rows"]
                        read_so_far = partition["original_end_idx"]
                    self.assertEqual((seen, read_so_far), (len(output), len(records)))
                    self.assert_operations_add_up(run, report, ops)

    def assert_operations_add_up(self, run, report, ops):
        steps = run.summary()["steps"][1:-1]
        self.assertEqual(len(steps), len(ops))
        for place, step in enumerate(steps):
            told = [partition["operations"][place] for partition in report["partition_details"]]
            self.assertEqual({part["operation_name"] for part in told}, {step["name"]})
            for ours, theirs in (("input_rows", "rows_in"), ("output_rows", "rows_out"), ("dropped_rows", "dropped"),
                                 ("made_rows", "made"), ("quarantined_rows", "quarantined")):
                self.assertEqual(sum(part[ours] for part in told), step[theirs], (step["name"], ours))

    def test_an_operator_that_fails_costs_rows_and_is_told_of(self):
        endless = "a" * 60 + "b"  # for the pattern
        rows = [{"id": i if i % 50 else None, "text": endless if i % 40 == 0 else f"row {i}"} for i in range(400)]
        run = self.run_job({"dataset_path": self.write("in.jsonl", "".join(json.dumps(row) + "\n" for row in rows)),
                            "export_path": self.path("out", "out.jsonl"), "partition": {"mode": "manual", "num_of_partitions": 4},
                            "process": [{"replace_content_mapper": {"pattern": "(a+)+$", "repl": ""}}, TOP]})
        self.assert_counts_add_up(run)
        for name in ("replace_content_mapper", "topk_specified_field_selector"):
            failed = [event for event in run.events("op_failed") if event["operation_name"] == name]
            lost = run.step(name)["quarantined"]
            self.assertGreater(lost, 0, name)
            self.assertEqual(sum(int(event["error_message"].split()[0]) for event in failed), lost)
            self.assertEqual(sum(entry["operator"] == name for entry in run.quarantine()), lost)

    def test_a_new_order_ends_what_can_be_said(self):
        run = self.run_recipe([FILTER, TOP, WORDS], 2)
        report = self.metadata(run, "final_mapping_report.json")
        self.assertEqual(report["processing_summary"]["total_processed_samples"], 40)
        for partition in report["partition_details"]:
            self.assertIsNone(partition["output_range"])
            self.assertEqual([part["operation_name"] for part in partition["operations"]], ["text_length_filter"])

    def test_a_job_that_did_not_get_to_its_end_says_what_it_read(self):
        self.write("in.jsonl", corpus())
        run = self.run_job({"dataset_path": self.path("in.jsonl"), "export_path": self.path("out", "out.jsonl"), "process": [FILTER],
                            "partition": {"mode": "manual", "num_of_partitions": 6}, "fault_tolerance": {"max_faulty_rows": 2}}, expect=None)
        self.assertNotEqual(run.exit_code, 0)
        states = [partition["processing_status"] for partition in self.metadata(run, "dataset_mapping.json")["partitions"]]
        self.assertNotIn("completed", states)
        self.assertEqual(states[0], "processing")

    def test_many_pairs_are_left_out_and_that_is_said(self):
        self.write("in.jsonl", "".join('{"text": "%d"}\n' % i for i in range(30000)))
        run = self.run_job({"dataset_path": self.path("in.jsonl"), "export_path": self.path("out", "out.jsonl"),
                            "process": [{"text_length_filter": {"min_len": 1}}] * 40, "partition": {"mode": "manual", "num_of_partitions": 6000},
                            "event_logging": {"enabled": False}})
        report = self.metadata(run, "final_mapping_report.json")
        self.assertIn("too many partitions", report["note"])
        self.assertEqual(report["partition_details"][5999]["output_range"].split("-")[1], "30000")
        self.assertEqual([name for name in os.listdir(run.folder) if name.startswith("events")], [])


if __name__ == "__main__":
    unittest.main()
