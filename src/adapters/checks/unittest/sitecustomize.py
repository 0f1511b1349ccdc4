# Python imports this file by itself when its directory is on PYTHONPATH. It changes nothing until unittest is imported;
# then each result is also written, one JSON value a line, into the directory where this file lies.
import sys


def _chain():
    """The machine's own sitecustomize, which this file hides, still runs."""
    import importlib.machinery
    import importlib.util
    import os

    here = os.path.dirname(os.path.abspath(__file__))
    others = [p for p in sys.path if os.path.abspath(p or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


class _Recorder:
    def __init__(self):
        self.seen = {}
        self.fixtures = {}

    def write(self, **row):
        import json
        import os

        here = os.path.dirname(os.path.abspath(__file__))
        line = json.dumps(row) + "\n"
        with open(os.path.join(here, "unittest-%d.jsonl" % os.getpid()), "a") as out:
            out.write(line)

    def file_of(self, module):
        import os

        path = getattr(sys.modules.get(module), "__file__", None)
        if path is None:
            parts = module.split(".")
            for base in sys.path:
                for end in ([parts[-1] + ".py"], [parts[-1], "__init__.py"]):
                    candidate = os.path.join(base or ".", *(parts[:-1] + end))
                    if os.path.isfile(candidate):
                        return os.path.abspath(candidate)
            return None
        return os.path.abspath(path)

    def describe(self, err, path):
        import os
        import traceback

        if err is None:
            return "", None
        kind, value, trace = err
        while trace is not None and "__unittest" in trace.tb_frame.f_globals:
            trace = trace.tb_next
        line = None
        for frame, number in traceback.walk_tb(trace):
            if "__unittest" in frame.f_globals:
                break
            if path is not None and os.path.abspath(frame.f_code.co_filename) == path:
                line = number
        text = "".join(traceback.format_exception(kind, value, trace))
        return text[-16384:], line

    def record(self, outcome, test, err=None, note=None):
        identity = test.id()
        if type(test).__name__ == "_FailedTest" or identity.startswith("unittest.loader.ModuleSkipped."):
            module = identity.split(".", 3)[-1] if identity.startswith("unittest.loader.") else identity
            message = self.describe(err, None)[0] if err else note or ""
            self.write(kind="file", outcome=outcome, module=module, file=self.file_of(module), message=message)
            return
        if type(test).__name__ == "_ErrorHolder":
            self.fixture(outcome, identity, err, note)
            return
        test = getattr(test, "test_case", test)
        module = type(test).__module__
        path = self.file_of(module)
        message, line = self.describe(err, path)
        name = test.id()
        if name.startswith(module + "."):
            name = name[len(module) + 1 :]
        self.write(kind="test", outcome=outcome, module=module, name=name, file=path, line=line, message=message or note or "")

    def fixture(self, outcome, identity, err, note):
        """identity: `setUpClass (package.module.Class)` or `setUpModule (package.module)`."""
        name, _, rest = identity.partition(" (")
        place = rest.rstrip(")")
        module = place
        while module and module not in sys.modules:
            module = module.rpartition(".")[0]
        path = self.file_of(module or place)
        message, line = self.describe(err, path)
        owner = place[len(module) + 1 :]
        self.fixtures[(path, owner, name)] = True
        title = "%s.%s" % (owner, name) if owner else name
        self.write(kind="fixture", outcome=outcome, name=title, file=path, line=line, message=message or note or "")

    def started(self, test):
        cls = type(test)
        if cls.__name__ not in ("_FailedTest", "ModuleSkipped", "_SubTest"):
            self.seen[cls] = True

    def finish(self):
        """What was set up and torn down around the tests, and did not fail, was seen to work."""
        from unittest.case import TestCase

        for cls in list(self.seen):
            path = self.file_of(cls.__module__)
            hooks = [(cls.__qualname__, n, getattr(cls, n, None), getattr(TestCase, n, None)) for n in ("setUpClass", "tearDownClass")]
            module = sys.modules.get(cls.__module__)
            hooks += [("", n, getattr(module, n, None), None) for n in ("setUpModule", "tearDownModule")]
            for owner, name, own, inherited in hooks:
                if own is None or getattr(own, "__func__", own) is getattr(inherited, "__func__", inherited):
                    continue
                if (path, owner, name) not in self.fixtures:
                    title = "%s.%s" % (owner, name) if owner else name
                    self.write(kind="fixture", outcome="passed", name=title, file=path, line=None, message="")
        self.seen = {}
        self.fixtures = {}


def _install(result):
    recorder = _Recorder()

    def after(method, tell):
        original = getattr(result, method, None)
        if original is None:
            return

        def wrapper(self, *args, **kwargs):
            value = original(self, *args, **kwargs)
            try:
                tell(*args, **kwargs)
            except Exception:
                pass  # the tests of the project must not notice us
            return value

        wrapper.__name__ = method
        setattr(result, method, wrapper)

    after("startTest", lambda test: recorder.started(test))
    after("addSuccess", lambda test: recorder.record("passed", test))
    after("addFailure", lambda test, err: recorder.record("failed", test, err))
    after("addError", lambda test, err: recorder.record("failed", test, err))
    after("addSkip", lambda test, reason: recorder.record("skipped", test, note=str(reason)))
    after("addExpectedFailure", lambda test, err: recorder.record("passed", test))
    after("addUnexpectedSuccess", lambda test: recorder.record("failed", test, note="It was expected to fail, and passed."))
    after("addSubTest", lambda test, sub, err: err is not None and recorder.record("failed", test, err, note=str(sub)))
    after("stopTestRun", lambda: recorder.finish())


class _Finder:
    """Waits for unittest.result, and leaves it to the usual machinery."""

    def find_spec(self, name, path=None, target=None):
        if name != "unittest.result":
            return None
        import importlib.machinery

        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            _install(module.TestResult)

        spec.loader.exec_module = exec_module
        return spec


try:
    sys.meta_path.insert(0, _Finder())
    _chain()
except Exception as error:
    sys.stderr.write("sitecustomize: %s\n" % error)
