package evidence

import (
	"fmt"
	"testing"

	"weighline/analysis/pep"
)

func TestNames(t *testing.T) {
	n := NewNames([]Dist{
		{Name: "pyyaml"}, {Name: "beautifulsoup4"}, {Name: "google-cloud-storage", Imports: []string{"google"}},
		{Name: "google-cloud-secret-manager"}, {Name: "protobuf", Imports: []string{"google"}}, {Name: "azure-storage-blob"},
		{Name: "zope-interface"}, {Name: "opencv-python"}, {Name: "opencv-python-headless"}, {Name: "faster-whisper"},
		{Name: "python-dateutil"}, {Name: "odd", Imports: []string{"strange", "a.b"}}, {Name: "nvidia-cudnn-cu12"}, {Name: "ruamel-yaml"},
	})
	test := func(module, want string) {
		t.Helper()
		if got := fmt.Sprint(n.Owners(module)); got != want {
			t.Errorf("Owners(%q) = %s, want %s", module, got, want)
		}
	}
	test("yaml", "[pyyaml]")
	test("yaml.nodes", "[pyyaml]")
	test("bs4", "[beautifulsoup4]")
	test("google.cloud.storage", "[google-cloud-storage]")
	test("google.cloud.storage.blob", "[google-cloud-storage]")
	test("google.cloud.secretmanager_v1", "[google-cloud-secret-manager]")
	test("google.protobuf.message", "[protobuf]")
	test("google.other", "[google-cloud-storage protobuf]") // both have files there
	test("azure.storage.blob.aio", "[azure-storage-blob]")
	test("azure.core", "[]")
	test("zope.interface", "[zope-interface]")
	test("cv2", "[opencv-python opencv-python-headless]")
	test("faster_whisper.audio", "[faster-whisper]")
	test("dateutil.parser", "[python-dateutil]")
	test("strange", "[odd]")
	test("odd", "[]") // its files say otherwise
	test("a.b.c", "[odd]")
	test("a.c", "[]")
	test("nvidia.cudnn.lib", "[nvidia-cudnn-cu12]")
	test("ruamel.yaml", "[ruamel-yaml]")
	test("", "[]")
	for name, want := range map[pep.Name]Certainty{"odd": ByFiles, "pyyaml": ByTable, "faster-whisper": ByName, "none": ""} {
		if _, got := n.Of(name); got != want {
			t.Errorf("Of(%q) is known by %q, want %q", name, got, want)
		}
	}
}

func TestImportNames(t *testing.T) {
	got := fmt.Sprint(ImportNames([]string{
		"numpy/__init__.py", "numpy/linalg/__init__.py", "numpy.libs/libx.so", "six.py", "_cffi_backend.cpython-311-x86_64-linux-gnu.so",
		"google/cloud/storage/__init__.py", "google/cloud/storage/blob.py", "google/cloud/one.py", "numpy-1.0.dist-info/x.py",
		"../../bin/f.py", "1a.py", "README",
	}))
	if want := "[_cffi_backend google.cloud.one google.cloud.storage numpy six]"; got != want {
		t.Errorf("ImportNames = %s, want %s", got, want)
	}
}
