package analysis_test

import (
	"errors"
	"strings"
	"testing"

	"weighline/analysis"
)

func TestClassify(t *testing.T) {
	in, err := analysis.Classify([]string{analysis.SampleName})
	if err != nil || in.Image != analysis.SampleBefore || len(in.Files) != 1 {
		t.Errorf("the sample is %+v, %v", in, err)
	}
	bad := func(want string, sources ...string) {
		t.Helper()
		var usage *analysis.UsageError
		if _, err := analysis.Classify(sources); !errors.As(err, &usage) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("Classify(%q): %v; want %q", sources, err, want)
		}
	}
	bad("opened alone", "requirements.txt", analysis.SampleName)
	bad("opened alone", analysis.SampleName, "python:3.12")
	bad("both images", "python:3.12", "me:secret@ghcr.io/acme/api:1")
	bad("both images", "me:secret@ghcr.io/acme/api:1", "python:3.12")
	bad("behind -c", "requirements.txt", "-c")
	bad("nothing to open")
}
