package pep

import (
	"strings"
	"testing"
)

func FuzzParseVersion(f *testing.F) {
	for _, s := range []string{"1.0", "v1!2.3a4.post5.dev6+cu128.x", "1.0-1", "1.0alpha-", "9999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseVersion(s)
		if err != nil {
			return
		}
		again, err := ParseVersion(v.String())
		if err != nil || !again.Equal(v) || again.String() != v.String() {
			t.Errorf("%q is %q, which reads as %q, %v", s, v, again, err)
		}
	})
}

func FuzzParseSpecifiers(f *testing.F) {
	for _, s := range []string{">=1.0,<2", "~=1.4.2", "==1.*,!=1.5", "===x", ">1.0.post1,<=2rc1"} {
		f.Add(s, "1.0rc1")
	}
	f.Fuzz(func(t *testing.T, s, version string) {
		l, err := ParseSpecifiers(s)
		if err != nil {
			return
		}
		again, err := ParseSpecifiers(l.String())
		if err != nil || again.String() != l.String() {
			t.Errorf("%q is %q, which reads as %q, %v", s, l, again, err)
		}
		v, err := ParseVersion(version)
		if err == nil && l.Contains(v, true) != again.Contains(v, true) {
			t.Errorf("%q and %q differ on %v", s, l, v)
		}
	})
}

func FuzzParseMarker(f *testing.F) {
	for _, s := range []string{`python_version >= "3.8" and (os_name == 'nt' or extra == "x")`, `'a' in extras`, strings.Repeat("(", 300)} {
		f.Add(s)
	}
	env := DefaultTarget().Env()
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMarker(s)
		if err != nil {
			return
		}
		again, err := ParseMarker(m.String())
		if err != nil {
			t.Fatalf("%q is %q: %v", s, m, err)
		}
		if m.Eval(env, "x") != again.Eval(env, "x") || m.EvalLock(env, nil, nil) != again.EvalLock(env, nil, nil) {
			t.Errorf("%q and %q differ", s, m)
		}
	})
}

func FuzzParseRequirement(f *testing.F) {
	for _, s := range []string{"a[b,c]>=1,<2; python_version < '3'", "a @ https://x ; os_name == 'nt'", "A (==1.*)", "a===x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRequirement(s)
		if err != nil {
			_ = err.Error()
			return
		}
		again, err := ParseRequirement(r.String())
		if err != nil || again.String() != r.String() || again.Name != r.Name {
			t.Errorf("%q is %q, which reads as %q, %v", s, r, again, err)
		}
	})
}

func FuzzParseWheelName(f *testing.F) {
	f.Add("x-1.0-1-py2.py3-none-any.whl")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWheelName(s)
		if err == nil {
			DefaultTarget().Rank(w)
			CompareBuild(w.Build, s)
		}
	})
}

func FuzzParseTarget(f *testing.F) {
	f.Add("3.11", "linux-glibc2.28/amd64")
	f.Fuzz(func(t *testing.T, python, platform string) {
		a, err := ParseTarget(python, platform)
		if err != nil {
			return
		}
		b, err := ParseTarget(a.PythonFull().String(), a.Platform())
		if err != nil || a != b {
			t.Errorf("ParseTarget(%q, %q) = %v, which reads as %v, %v", python, platform, a, b, err)
		}
	})
}
