package fileclass

import "testing"

func TestOf(t *testing.T) {
	test := func(name string, want Class) {
		t.Helper()
		if got := Of(name); got != want {
			t.Errorf("Of(%q) = %q, want %q", name, got, want)
		}
	}
	test("numpy/core/tests/data/recarray.fits", Tests)
	test("pandas/conftest.py", Tests)
	test("mod/test_api.py", Tests)
	test("numpy/tests/__pycache__/x.cpython-311.pyc", Bytecode) // made again, tests or not
	test("numpy/__init__.py", None)
	test("latest/tester.py", None)
	test("torch/lib/libtorch.so", None)
	test("torch/lib/libprotobuf.a", Static)
	test("torch/include/ATen/ATen.h", Headers)
	test("torch/share/cmake/Torch/TorchConfig.cmake", Headers)
	test("numpy-2.0.dist-info/RECORD", None)
	test("x.dist-info/licenses/tests/LICENSE.h", None)
	test("old.egg-info/tests/a.py", None)
}

func TestAll(t *testing.T) {
	for _, c := range All {
		if !c.Known() {
			t.Errorf("%q is listed but not known", c)
		}
	}
	if None.Known() || Class("docs").Known() {
		t.Error("a class that nothing strips is known")
	}
}
