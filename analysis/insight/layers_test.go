package insight_test

import (
	"strings"
	"testing"

	"weighline/analysis/bytesize"
	"weighline/analysis/insight"
)

// layers makes an input of instructions, each layer of 100 bytes more than the
// one before.
func layers(instructions ...string) insight.Input {
	var in insight.Input
	for i, s := range instructions {
		in.Layers = append(in.Layers, insight.Layer{Instruction: s, Download: bytesize.Of(100 * (i + 1))})
	}
	return in
}

func TestCopyOrder(t *testing.T) {
	test := func(want string, instructions ...string) {
		t.Helper()
		got := ""
		for _, x := range insight.Find(t.Context(), layers(instructions...)) {
			got += show(x)
			complete(t, x)
		}
		if got != want {
			t.Errorf("%q:\ngot  %swant %s", instructions, got, want)
		}
	}
	base := "ADD file:12 in /"
	test("copy-before-install 300 again known\n  300 layer 2 (RUN pip install -r requirements.txt, behind layer 1: COPY . /app)\n",
		base, "COPY . /app", "RUN pip install -r requirements.txt")
	test("", base, "COPY requirements.txt ./", "RUN pip install -r requirements.txt", "COPY . /app", "RUN python -m compileall /app")
	test("", base, "COPY --from=build /venv /venv", "RUN uv sync")
	test("copy-before-install 300 again known\n  300 layer 2 (RUN cd /app && uv sync --frozen, behind layer 1: COPY --chown=app:app ./ .)\n",
		base, "COPY --chown=app:app ./ .", "RUN cd /app && uv sync --frozen")
	test("copy-before-install 300 again possible\n  300 layer 2 (RUN npm ci, behind layer 1: COPY dir:0123456789ab in /srv)\n",
		base, "COPY dir:0123456789ab in /srv", "RUN npm ci")
}

func TestLayerLimit(t *testing.T) {
	in := layers("RUN a", "RUN b", "RUN c")
	in.Limits = []insight.Limit{{Name: "a registry", Bytes: 150, Source: "https://example.org"}}
	list := insight.Find(t.Context(), in)
	want(t, find(t, list, "layer-limit"), `
		layer-limit 500 again known
		  300 layer 2 (RUN c)
		  200 layer 1 (RUN b)
		`)
	if got := insight.Total(list...); got.Unpacked != 0 || got.Waste != 0 {
		t.Errorf("Total = %+v: what moves again does not go", got)
	}
	in.Limits[0].Bytes = 300
	if list := insight.Find(t.Context(), in); len(list) != 0 {
		t.Errorf("at the limit: %s", ids(list))
	}
}

func TestStaleLock(t *testing.T) {
	x := find(t, insight.Find(t.Context(), insight.Input{Warnings: []insight.Warning{
		{Code: "unpinned", Text: "other"}, {Code: "stale-lock", Text: "numpy is asked for and not in the lock", File: "pyproject.toml", Line: 7},
	}}), "stale-lock")
	if x.Bytes.Basis != bytesize.Unknown || len(x.Rows) != 1 || x.Rows[0].Line != 7 || !strings.Contains(x.Title, "1 difference") {
		t.Errorf("stale lock: %+v", x)
	}
	complete(t, x)
}
