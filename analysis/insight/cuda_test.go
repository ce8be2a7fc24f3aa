package insight_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"weighline/analysis"
	"weighline/analysis/insight"
	"weighline/analysis/pep"
)

// gpuImage has torch with its CUDA, whisper that needs triton whatever torch is,
// and a CUDA library of the system.
const gpuImage = `
layer base FROM scratch
layer pip RUN pip install torch whisper
-- base/usr/local/cuda/lib64/libcudart.so.12 size=2000000 --
-- pip/s/site-packages/torch/lib/libtorch_cpu.so size=5000000 --
-- pip/s/site-packages/torch/lib/libtorch_cuda.so size=7000000 --
-- pip/s/site-packages/torch-2.7.1.dist-info/METADATA --
Name: torch
Version: 2.7.1
Requires-Dist: nvidia-cudnn-cu12
Requires-Dist: triton
-- pip/s/site-packages/torch-2.7.1.dist-info/RECORD --
torch/lib/libtorch_cpu.so,,
torch/lib/libtorch_cuda.so,,
torch-2.7.1.dist-info/METADATA,,
torch-2.7.1.dist-info/RECORD,,
-- pip/s/site-packages/nvidia/cudnn/libcudnn.so.9 size=3000000 --
-- pip/s/site-packages/nvidia_cudnn_cu12-9.5.dist-info/METADATA --
Name: nvidia-cudnn-cu12
Version: 9.5
-- pip/s/site-packages/nvidia_cudnn_cu12-9.5.dist-info/RECORD --
nvidia/cudnn/libcudnn.so.9,,
-- pip/s/site-packages/triton/t.so size=4000000 --
-- pip/s/site-packages/triton-3.dist-info/METADATA --
Name: triton
Version: 3
-- pip/s/site-packages/triton-3.dist-info/RECORD --
triton/t.so,,
-- pip/s/site-packages/whisper-1.dist-info/METADATA --
Name: whisper
Version: 1
Requires-Dist: triton
Requires-Dist: torch
`

func TestCUDAInImage(t *testing.T) {
	list := read(t, gpuImage, "").Insights(t.Context())
	x := find(t, list, "cuda")
	want(t, x, `
		cuda 12000000 unpacked possible
		  7000000 /s/site-packages/torch/lib torch layer 1 (inside a package that stays: its CUDA libraries only)
		  3000000 /s/site-packages/nvidia_cudnn_cu12-9.5.dist-info nvidia-cudnn-cu12 layer 1 (required by torch)
		  2000000 /usr/local/cuda/lib64 layer 0
		`)
	if got := fmt.Sprint(x.Packages()); got != "[nvidia-cudnn-cu12]" {
		t.Errorf("goes: %s; triton stays for whisper", got)
	}
	if want := (insight.Change{Swap: map[pep.Name]string{"torch": "cpu"}}); !reflect.DeepEqual(x.Apply, want) {
		t.Errorf("Apply = %+v, want %+v", x.Apply, want)
	}
}

// TestCUDAFounding finds the founding story's 14 packages of CUDA; triton stays
// for openai-whisper.
func TestCUDAFounding(t *testing.T) {
	in := analysis.SampleInput()
	in.Image = ""
	b, err := analysis.Analyze(t.Context(), in, analysis.Options{})
	if err != nil {
		t.Fatal(err)
	}
	list := b.Insights(t.Context())
	x := find(t, list, "cuda")
	complete(t, x)
	sum := insight.Total(list...).Requirements
	if len(x.Rows) != 14 || len(x.Packages()) != 14 || x.Counts != insight.Download || sum.Packages != 14 || sum.Download.Size != x.Bytes.Size {
		t.Errorf("cuda has %d rows, %d packages, %v %s; the union has %d packages, %v", len(x.Rows), len(x.Packages()), x.Bytes, x.Counts, sum.Packages, sum.Download)
	}
	// Without openai-whisper nothing holds triton, nor setuptools that triton needs.
	b = read(t, "", "torch==2.7.1\n")
	if x := find(t, b.Insights(t.Context()), "cuda"); len(x.Rows) != 16 || !slices.Contains(x.Packages(), "triton") || !slices.Contains(x.Packages(), "setuptools") {
		t.Errorf("torch alone brings %v", x.Packages())
	}
	b = read(t, "", "numpy\n")
	if list := b.Insights(t.Context()); len(list) != 0 {
		t.Errorf("numpy alone: %s", ids(list))
	}
}

// TestCUDAPinned reads what pip freeze writes: CUDA's packages are lines, and
// have to be dropped beside the swap.
func TestCUDAPinned(t *testing.T) {
	x := find(t, read(t, "", "torch==2.7.1\nnvidia-cublas-cu12\nnvidia-ml-py\n").Insights(t.Context()), "cuda")
	want := insight.Change{Swap: map[pep.Name]string{"torch": "cpu"}, Drop: []pep.Name{"nvidia-cublas-cu12"}}
	if !reflect.DeepEqual(x.Apply, want) {
		t.Errorf("Apply = %+v, want %+v", x.Apply, want)
	}
	for _, r := range x.Rows {
		if r.Package == "nvidia-cublas-cu12" && (r.File != "requirements.txt" || r.Line != 2) {
			t.Errorf("the row of a pinned package does not name its line: %+v", r)
		}
	}
}

// TestCUDAVision swaps what is built against torch together with it.
func TestCUDAVision(t *testing.T) {
	image := gpuImage + dist("pip", "s/site-packages", "torchvision", "0.22.1", 10, "torch")
	x := find(t, read(t, image, "").Insights(t.Context()), "cuda")
	want := map[pep.Name]string{"torch": "cpu", "torchvision": "cpu"}
	if !reflect.DeepEqual(x.Apply.Swap, want) || !slices.Contains(x.Fix, "torchvision==0.22.1+cpu") {
		t.Errorf("swaps %v, and says %q", x.Apply.Swap, x.Fix)
	}
}
