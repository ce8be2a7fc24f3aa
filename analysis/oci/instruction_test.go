package oci

import (
	"strings"
	"testing"
)

func TestInstruction(t *testing.T) {
	test := func(in, want string) {
		t.Helper()
		if got := Instruction(in); got != want {
			t.Errorf("Instruction(%q) = %q, want %q", in, got, want)
		}
	}
	test("", "")
	test("/bin/sh -c pip install torch", "RUN pip install torch")
	test("RUN /bin/sh -c pip install torch # buildkit", "RUN pip install torch")
	test("RUN |2 A=1 B=two words /bin/sh -c pip install x # buildkit", "RUN pip install x")
	test("|1 PATH=/usr/bin/x /bin/sh -c make", "RUN make")
	test("|0 /bin/sh -c make", "RUN make")
	test("/bin/bash -o pipefail -c a | b", "RUN a | b")
	test("RUN /bin/bash -euo pipefail -c a # buildkit", "RUN a")
	test("RUN /bin/ash -eo pipefail -c a # buildkit", "RUN a")
	test(`/bin/sh -c #(nop)  CMD ["/bin/sh"]`, `CMD ["/bin/sh"]`)
	test("/bin/sh -c #(nop) COPY dir:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff in /app ", "COPY dir:001122334455 in /app")
	test("/bin/sh -c #(nop) ADD file:37a76ec1 in / ", "ADD file:37a76ec1 in /")
	test("COPY . /app # buildkit", "COPY . /app")
	test("WORKDIR /srv", "WORKDIR /srv")
	test("cmd /S /C dir", "RUN dir")
	test("powershell -Command $x = 1; y", "RUN $x = 1; y")
	test("bazel build ...", "bazel build ...")
	test("RUN pip install x", "RUN pip install x") // kaniko
	test("RUN /bin/sh -c a     && b \t\n && c # buildkit", "RUN a && b && c")
	test("RUN \x1b[31mred\u202e", "RUN �[31mred�")
	test("\xff\xfe", "�")
	if got := Instruction("RUN " + strings.Repeat("x", 100_000)); len(got) > 5000 {
		t.Errorf("a long instruction is %d bytes", len(got))
	}
}

func TestMapHistory(t *testing.T) {
	step := func(by string, empty bool) historyEntry { return historyEntry{CreatedBy: by, EmptyLayer: empty} }
	test := func(layers int, want string, steps ...historyEntry) {
		t.Helper()
		img := &Image{Layers: make([]Layer, layers)}
		f := &configFile{History: steps}
		f.RootFS.DiffIDs = make([]string, layers)
		img.describe(f)
		var got []string
		for _, l := range img.Layers {
			got = append(got, l.Instruction)
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("history of %v gives %q, want %q", steps, s, want)
		}
	}
	test(2, "RUN a|RUN b", step("/bin/sh -c a", false), step("ENV x", true), step("/bin/sh -c b", false))
	// A tool that does not mark steps without a layer.
	test(2, "RUN a|RUN b", step("RUN a", false), step("CMD x", false), step("RUN b", false), step("LABEL y=1", false))
	// Nothing fits: none is better than a wrong one.
	test(2, "|", step("RUN a", false))
	test(1, "", step("RUN a", false), step("RUN b", false))
	test(1, "")
	// docker import
	test(1, "Imported from -", historyEntry{Comment: "Imported from -"})
}

func FuzzInstruction(f *testing.F) {
	f.Add("RUN |1 A=1 /bin/sh -c pip install x # buildkit")
	f.Add("/bin/sh -c #(nop)  CMD [\"x\"]")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Instruction(s); strings.ContainsAny(got, "\x1b\n\r\x00") {
			t.Errorf("Instruction(%q) = %q is not harmless", s, got)
		}
	})
}
