package oracletest

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"
)

// Pip returns the versions that the pip of python would install from an index, by
// the names that the packages have there, or why it would not. args are
// requirements, or flags of pip install.
func Pip(t testing.TB, python, index string, args ...string) (versions map[string]string, failure string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), python, append([]string{"-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-cache-dir", "--disable-pip-version-check", "--quiet",
		"--report", "-", "--index-url", index}, args...)...)
	c.Env = append(os.Environ(), "PIP_CONFIG_FILE=/dev/null", "PIP_EXTRA_INDEX_URL=")
	data, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, string(exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Install []struct {
			Metadata struct{ Name, Version string }
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	versions = map[string]string{}
	for _, p := range report.Install {
		versions[p.Metadata.Name] = p.Metadata.Version
	}
	return versions, ""
}
