#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line of dj-mpi: exit codes, messages with their places, and modes that leave no trace."""
import json
import os
import pty
import re
import subprocess
import unittest

from dj_testing import PROGRAM, JobCase, import_pyarrow, read

USAGE = 2
RECIPE = """\
dataset_path: in.jsonl
export_path: out/out.jsonl
work_dir: work
process:
  - text_length_filter:
      min_len: 3
  - document_deduplicator
"""
INPUT = '{"text":"first"}\n{"text":"x"}\n{"text":"first"}\n'


class CommandLineCase(JobCase):
    def setUp(self):
        super().setUp()
        self.write("in.jsonl", INPUT)
        self.write("recipe.yaml", RECIPE)

    def call(self, *arguments, expect=0, ranks=None, env=None):
        return self.run_job(None, expect=expect, ranks=ranks, arguments=list(arguments), env=env)

    def traces(self):
        return sorted(set(os.listdir(self.dir)) - {"in.jsonl", "recipe.yaml", "state"})


class ModesTest(CommandLineCase):
    def test_help_teaches(self):
        run = self.call("--help")
        for word in ("Usage:", "Examples:", "Exit codes:", "--dry-run", "--max-runtime", "--partition.mode",
                     "--keep_stats_in_res_ds", "DJ_PROCESS_NP", "  75  ", "One of auto, manual. [auto]"):
            self.assertIn(word, " ".join(run.out.split()) if word[0] != " " else run.out)
        self.assertEqual(run.err, "")
        self.assertEqual(self.call("-h").out, run.out)
        self.assertEqual(self.call("recipe.yaml", "--dry-run", "--help").out, run.out)
        self.assertLessEqual(max(map(len, run.out.splitlines())), 110)

    def test_version(self):
        self.assertRegex(self.call("--version").out, r"^dj-mpi \d+\.\d+\.\d+\n$")

    def test_ranks_speak_with_one_voice(self):
        self.assertEqual(self.call("--version", ranks=3).out.count("dj-mpi"), 1)
        self.assertEqual(self.call("recipe.yaml", "--validate", ranks=3).out.count("is fine"), 1)
        run = self.call("--no-such-option", expect=USAGE, ranks=3)
        self.assertEqual(run.err.count("there is no such option"), 1)

    def test_probing_mpi(self):
        for ranks in (None, 2):
            report = json.loads(self.call("--probe-mpi", ranks=ranks).out)
            self.assertEqual(report["MPI"]["ranks on this node"], str(ranks or 1))
            self.assertRegex(report["MPI"]["thread level"], "^MPI_THREAD_MULTIPLE granted")
            self.assertRegex(report["HDF5"]["version"], r"^\d+\.\d+\.\d+$")
            self.assertEqual(report["HDF5"]["parallel"], "yes")
        self.assertEqual(self.traces(), [])

    def test_processes_that_do_not_find_each_other_are_refused(self):
        """As those of a launcher that belongs to another MPI are: its word of two, but nobody to talk to."""
        for told in ({"PMI_RANK": "0", "PMI_SIZE": "2"}, {"PMI_RANK": "0", "SLURM_STEP_NUM_TASKS": "2"}):
            run = self.call("recipe.yaml", expect=1, env=told)
            self.assertEqual(run.err.count("each finds itself alone"), 1, run.err)
            self.assertEqual(self.traces(), [])
        self.call("recipe.yaml", env={"PMI_RANK": "0", "PMI_SIZE": "1", "SLURM_STEP_NUM_TASKS": "2"})

    def test_validate(self):
        run = self.call("recipe.yaml", "--validate", "--text_length_filter.min_len", "20")
        self.assertIn("recipe.yaml is fine", run.out)
        self.assertIn("in.jsonl (1 file, ", run.out)
        self.assertIn("1    text_length_filter {min_len: 20, text_key: text}", run.out)
        self.assertIn("2    document_deduplicator", run.out)
        self.assertEqual(self.traces(), [])
        run = self.call("recipe.yaml", "--validate", "--quiet")
        self.assertEqual(run.said, "")

    def test_print_config_loads_again(self):
        arguments = ("--np", "2", "--partition.mode", "manual", "--text_length_filter.min_len", "4")
        run = self.call("recipe.yaml", "--print-config", *arguments, env={"DJ_PROCESS_PROJECT_NAME": "news"})
        for line in ("np: 2  # --np", "  mode: manual  # --partition.mode", "      min_len: 4  # --text_length_filter.min_len",
                     "project_name: news  # DJ_PROCESS_PROJECT_NAME", "dataset_path: in.jsonl  # recipe.yaml:1:15",
                     "keep_stats_in_res_ds: false"):
            self.assertIn(line + "\n", run.out)
        self.assertEqual(self.traces(), [])
        self.write("printed.yaml", run.out)
        again = self.call("printed.yaml", "--print-config").out

        def values(text):
            return [line.split("  #")[0] for line in text.splitlines()[1:]]
        self.assertEqual(values(again), values(run.out))
        os.unlink(os.path.join(self.dir, "printed.yaml"))

    def test_dry_run(self):
        run = self.call("recipe.yaml", "--dry-run", "--ranks", "512")
        for word in ("in.jsonl: 1 file, 47 B", "2 in 2 passes", "text_length_filter (cheap)", "512 ranks",
                     "memory", "free)", "time ", "estimate", "checkpoints advice: disabled", "every_n_ops with n_ops 2 or 3"):
            self.assertIn(word, run.out)
        self.assertEqual(self.traces(), [])

    def test_dry_run_refuses_what_cannot_fit(self):
        run = self.call("recipe.yaml", "--dry-run", "--resources.memory_mb", "8", expect=USAGE)
        self.assertIn("memory budget of 8.0 MiB per rank is too small", run.err)
        with open(os.path.join(self.dir, "in.jsonl"), "ab") as file:
            file.truncate(1 << 42)  # four TiB, none of them on the disk
        run = self.call("recipe.yaml", "--dry-run", expect=USAGE)
        self.assertIn("may need", run.err)
        self.assertIn("free", run.err)

    def test_dry_run_refuses_what_a_run_would_refuse_at_its_start(self):
        pyarrow = import_pyarrow()
        table = pyarrow.table({"id": [1, 2], "body": ["some text", "more of it"]})
        pyarrow.parquet.write_table(table, os.path.join(self.dir, "in.parquet"))
        recipe = ("dataset_path: in.parquet\nexport_path: out.parquet\nwork_dir: work\n"
                  "process: [text_length_filter: {min_len: 3}]\n")
        self.write("parquet.yaml", recipe)
        dry, started = (self.call("parquet.yaml", *mode, expect=USAGE) for mode in (["--dry-run"], []))
        self.assertIn("text", dry.err)
        self.assertEqual(dry.err, started.err)

    def test_debug_is_a_flag(self):
        self.assertIn("debug: true  # --debug", self.call("recipe.yaml", "--debug", "--print-config").out)
        self.assertIn("debug: false  # --debug", self.call("--debug", "false", "recipe.yaml", "--print-config").out)


class UsageTest(CommandLineCase):
    def refuse(self, *arguments, says=(), env=None):
        run = self.call(*arguments, expect=USAGE, env=env)
        for word in says:
            self.assertIn(word, run.err)
        self.assertEqual(run.out, "")
        self.assertEqual(self.traces(), [])
        return run

    def test_no_recipe(self):
        self.refuse(says=["--help"])
        self.refuse("nowhere.yaml", says=["nowhere.yaml"])
        self.refuse(self.dir, says=["is a folder"])
        read_end, write_end = os.pipe()  # nobody writes
        pipe = f"/proc/{os.getpid()}/fd/{read_end}"
        self.refuse(pipe, says=[f"{pipe} is a pipe or device; a recipe must be a file"])
        os.close(read_end), os.close(write_end)
        self.refuse("recipe.yaml", "other.yaml", says=["one recipe at a time"])
        self.refuse("recipe.yaml", "--config", "other.yaml", says=["one recipe at a time"])

    def test_misspelt_options(self):
        self.refuse("recipe.yaml", "--dryrun", says=["--dryrun", 'did you mean "--dry-run"?'])
        self.refuse("recipe.yaml", "--quite", says=['did you mean "--quiet"?'])
        self.refuse("recipe.yaml", "--export_pth", "x", says=["--export_pth", 'did you mean "--export_path"?'])
        self.refuse("--export_pth", "x", "recipe.yaml", says=['did you mean "--export_path"?'])
        self.refuse("recipe.yaml", "-q", says=["two dashes"])
        self.refuse("recipe.yaml", "--partition.moode", "auto", says=['did you mean "partition.mode"?'])

    def test_values_of_options(self):
        self.refuse("recipe.yaml", "--np", says=["--np: needs a value"])
        self.refuse("recipe.yaml", "--np", "--quiet", says=["--np: needs a value"])
        self.refuse("recipe.yaml", "--np=x", says=["--np: error: np: expected an integer"])
        self.refuse("recipe.yaml", "--max-runtime", "soon", says=["4h, 90m"])
        self.refuse("recipe.yaml", "--ranks", "0", "--dry-run", says=["--ranks"])
        self.refuse("recipe.yaml", "--log-format", "xml", says=["text or json"])
        self.refuse("recipe.yaml", "--dry-run=yes", says=["takes no value"])

    def test_problems_are_counted_and_placed(self):
        self.write("recipe.yaml", RECIPE + "no_such_key: 1\nnp: -1\n")
        run = self.refuse("recipe.yaml", says=["recipe.yaml:8:1: error: unknown key", "recipe.yaml:9:5: error: np", "2 problems"])
        self.assertNotIn("\x1b", run.err)

    def test_an_operator_of_data_juicer(self):
        self.write("recipe.yaml", RECIPE + "  - image_blur_mapper\n")
        self.refuse("recipe.yaml", says=["recipe.yaml:8:5", "known to Data-Juicer, and not available in dj-mpi yet"])

    def test_the_environment(self):
        self.refuse("recipe.yaml", env={"DJ_PROCESS_NP": "x"}, says=["DJ_PROCESS_NP: error: np"])
        self.assertIn("recipe.yaml is fine", self.call("--validate", env={"DJ_PROCESS_CONFIG": "recipe.yaml"}).out)

    def test_the_wrong_text_field_is_noticed_before_anything_runs(self):
        self.refuse("recipe.yaml", "--text_keys", "content",
                    says=['none of the first 3 records of in.jsonl has the field "content"', "they have: text",
                          "text_keys: text"])
        self.refuse("recipe.yaml", "--dry-run", "--text_keys", "tex", says=["text_keys: text"])

    def test_input_and_output(self):
        self.refuse("recipe.yaml", "--dataset_path", "im.jsonl", says=["did you mean in.jsonl?"])
        self.refuse("recipe.yaml", "--export_path", "in.jsonl", says=["is one of the input files"])
        self.refuse("recipe.yaml", "--export_path", "out.csv", says=[".jsonl.gz"])
        self.refuse("recipe.yaml", "--export_path", "out.parquet", says=["from jsonl to parquet"])
        self.refuse("recipe.yaml", "--dataset_path", ".", says=["would lie in the input folder"])
        self.refuse("recipe.yaml", "--job_id", "../x", says=["job_id"])

    def test_colours_are_for_terminals(self):
        def on_terminal(**variables):
            master, slave = pty.openpty()
            environment = {**os.environ, "TERM": "xterm", **variables}
            process = subprocess.Popen([PROGRAM, "recipe.yaml", "--np", "x"], cwd=self.dir, env=environment,
                                       stdout=slave, stderr=slave)
            os.close(slave)
            said = b""
            while True:
                try:
                    part = os.read(master, 4096)
                except OSError:
                    break
                if not part:
                    break
                said += part
            os.close(master)
            self.assertEqual(process.wait(), USAGE)
            return said
        environment = os.environ.pop("NO_COLOR", None)
        self.addCleanup(lambda: environment is not None and os.environ.update(NO_COLOR=environment))
        self.assertIn(b"\x1b[", on_terminal())
        self.assertNotIn(b"\x1b[", on_terminal(NO_COLOR="1"))
        self.assertNotIn(b"\x1b[", on_terminal(TERM="dumb"))


class RunsTest(CommandLineCase):
    def test_what_a_run_says_and_leaves(self):
        run = self.call("recipe.yaml", "--job_id", "j1")
        self.assertIn("read 3 + made 0 = exported 1 + dropped 2", run.out)
        self.assertNotIn("\x1b", run.said)
        self.assertEqual(read(os.path.join(self.dir, "out", "out.jsonl")), b'{"text":"first"}\n')
        folder = os.path.join(self.dir, "work", "j1")
        self.assertEqual(read(os.path.join(folder, "recipe.yaml")).decode(), RECIPE)
        table = json.loads(read(os.path.join(folder, "partitions", "partition_table.json")))
        self.assertEqual(table["files"][0]["size_bytes"], len(INPUT))
        self.assertRegex(table["files"][0]["head_tail_hash"], r"^[0-9a-f]{32}$")
        self.assertEqual(table["partitions"], [{"bytes": len(INPUT), "ranges": [[0, 0, len(INPUT)]]}])
        plan = json.loads(read(os.path.join(folder, "dag_execution_plan.json")))
        self.assertIn("op_001_text_length_filter_partition_0", plan["nodes"])
        with open(os.path.join(folder, "job_summary.json"), encoding="utf-8") as file:
            summary = json.load(file)
        self.assertEqual((summary["status"], summary["exit_code"]), ("completed", 0))
        self.assertEqual(summary["resumption_command"], f"{PROGRAM} recipe.yaml --job_id j1")
        self.assertEqual(summary["working_directory"], self.dir)

    def test_the_job_id_is_made_of_time_and_recipe(self):
        self.call("recipe.yaml")
        (name,) = os.listdir(os.path.join(self.dir, "work"))
        self.assertRegex(name, r"^\d{8}_\d{6}_recipe_[0-9a-f]{6}$")

    def test_omp_num_threads_is_a_wish_that_the_recipe_overrides(self):
        cores = len(os.sched_getaffinity(0))
        if cores < 2:
            self.skipTest("one core is one thread anyway")
        one = self.call("recipe.yaml", env={"OMP_NUM_THREADS": "1"})
        self.assertIn("1 thread per rank (OMP_NUM_THREADS=1)", one.err + one.out)
        two = self.call("recipe.yaml", "--np", "2", env={"OMP_NUM_THREADS": "1"})
        self.assertIn("2 threads per rank", two.err + two.out)

    def test_quiet_and_json(self):
        self.assertEqual(self.call("recipe.yaml", "--quiet").said, "")
        lines = [json.loads(line) for line in self.call("recipe.yaml", "--log-format", "json").out.splitlines()]
        self.assertEqual(lines[-1]["status"], "completed")
        self.assertTrue(all("message" in line for line in lines[:-1]))

    def test_notes_on_what_has_no_meaning(self):
        run = self.call("recipe.yaml", "--ray_address", "auto:1", "--executor_type", "ray_partitioned")
        self.assertIn("note: ray_address: there is no Ray here", run.said)
        self.assertNotIn("executor_type", run.said)

    def test_resume(self):
        run = self.call("recipe.yaml", "--resume", "j1", expect=USAGE)
        self.assertIn("there is no job j1", run.err)
        self.call("recipe.yaml", "--job_id", "j1")
        before = read(os.path.join(self.dir, "work", "j1", "job_summary.json"))
        self.assertIn("nothing to do", self.call("recipe.yaml", "--resume", "j1").out)
        self.assertEqual(read(os.path.join(self.dir, "work", "j1", "job_summary.json")), before)
        self.assertIn("did you mean j1?", self.call("recipe.yaml", "--resume", "j2", expect=USAGE).err)
        os.unlink(os.path.join(self.dir, "out", "out.jsonl"))
        run = self.call("recipe.yaml", "--resume", "j1")
        self.assertIn("attempt 2", run.out)
        self.assertTrue(os.path.exists(os.path.join(self.dir, "out", "out.jsonl")))

    def test_a_job_in_other_hands(self):
        self.call("recipe.yaml", "--job_id", "j1")
        path = os.path.join(self.dir, "work", "j1", "job_summary.json")
        summary = json.loads(read(path))
        alive = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(alive.wait)
        self.addCleanup(alive.kill)
        far = 4102444800  # its clock is ahead of ours: the heartbeat never gets old
        summary.update(status="running", heartbeat=far, process_id=alive.pid, process_start=0, end_time=None)
        self.write(path, json.dumps(summary))
        run = self.call("recipe.yaml", "--job_id", "j1", expect=USAGE)
        self.assertIn(f"is being run by process {alive.pid}", run.err)
        self.assertIn("--force-unlock", run.err)
        run = self.call("recipe.yaml", "--job_id", "j1", "--force-unlock")
        self.assertIn("taken over", run.out)
        summary.update(process_id=2**22 - 7)  # none that lives here
        self.write(path, json.dumps(summary))
        self.call("recipe.yaml", "--job_id", "j1")

    def test_one_faulty_row_ends_a_strict_job(self):
        self.write("in.jsonl", INPUT + "no record\n")
        self.call("recipe.yaml")
        run = self.call("recipe.yaml", "--skip_op_error", "false", expect=None)
        self.assertNotEqual(run.exit_code, 0)

    def test_the_same_from_every_source(self):
        self.write("plain.yaml", RECIPE.replace("min_len: 3", "min_len: 1"))
        wanted = b'{"text":"first"}\n{"text":"x"}\n'
        out = os.path.join(self.dir, "out", "out.jsonl")
        for arguments, env in ((["plain.yaml"], {}), (["recipe.yaml", "--text_length_filter.min_len=1"], {}),
                               (["--config", "recipe.yaml", "--text_length_filter.min_len", "1"], {}),
                               (["--config=plain.yaml"], {"DJ_PROCESS_TEXT_LENGTH_FILTER__MIN_LEN": "9"})):
            self.call(*arguments, env=env)
            self.assertEqual(read(out), wanted)
            os.unlink(out)

    def test_many_paths_of_input(self):
        self.write("more/b.jsonl", '{"text":"second"}\n')
        self.write("more/sub/a.jsonl", '{"text":"third"}\n')
        self.write("more/notes.txt", "no record")
        out = os.path.join(self.dir, "out", "out.jsonl")
        for path, wanted in (("more", "second third"), ("more/*.jsonl", "second"), ("more/**/*.jsonl", "second third"),
                             ("in.jsonl more/b.jsonl", "first second"), ("more/b.jsonl,in.jsonl", "second first"),
                             ("[more/sub/a.jsonl, in.jsonl]", "third first")):
            run = self.call("recipe.yaml", "--dataset_path", path)
            texts = [json.loads(line)["text"] for line in read(out).splitlines()]
            self.assertEqual(" ".join(texts), wanted, path)
            self.assertEqual("passed over: 1 .txt" in run.said, path == "more")


class DurationTest(CommandLineCase):
    def test_forms(self):
        for text in ("4h", "90m", "1h30m", "45s", "1:30:00", "2-12:00:00", "3600", "0.5h"):
            self.call("recipe.yaml", "--validate", "--max-runtime", text)
        for text in ("", "h", "4x", "1:2:3:4", "-5", "1h30", "::", "1e3"):
            run = self.call("recipe.yaml", "--validate", f"--max-runtime={text}", expect=USAGE)
            self.assertTrue(re.search("--max-runtime: needs a time", run.err), run.err)


if __name__ == "__main__":
    unittest.main()
