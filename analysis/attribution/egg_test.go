package attribution

import (
	"slices"
	"testing"
)

// The expected lines are those of Python's importlib.metadata for the same file.
func TestEggRequires(t *testing.T) {
	got := eggRequires(`six>=1.4
demo @ https://files.example/demo.zip

[:python_version < "3.8"]
importlib-metadata
demo2 @ https://files.example/demo2.zip

[socks:sys_platform == "win32" or os_name == "nt"]
win-inet-pton

[docs]
sphinx>=2.4
`)
	want := []string{
		"six>=1.4",
		"demo @ https://files.example/demo.zip",
		`importlib-metadata ; python_version < "3.8"`,
		`demo2 @ https://files.example/demo2.zip ; python_version < "3.8"`,
		`win-inet-pton ; (sys_platform == "win32" or os_name == "nt") and extra == "socks"`,
		`sphinx>=2.4 ; extra == "docs"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("eggRequires = %q, want %q", got, want)
	}
	if got := eggRequires("[unclosed\n[]\nsix\n"); !slices.Equal(got, []string{"[unclosed", "six"}) {
		t.Errorf("of odd lines %q", got)
	}
}
