package depgraph

import (
	"fmt"
	"slices"
	"strings"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
)

// sameImport lists distributions that bring the same module, so that of two the
// one installed last wins, and both are paid for. From the projects' own words:
// opencv-python's README ("do not install multiple different packages in the
// same environment"), psycopg2-binary's, onnxruntime's, pycryptodome's and
// pillow-simd's documentation; the others from the top_level.txt of their wheels.
var sameImport = []struct {
	module string
	names  []pep.Name
}{
	{"cv2", []pep.Name{"opencv-python", "opencv-python-headless", "opencv-contrib-python", "opencv-contrib-python-headless"}},
	{"psycopg2", []pep.Name{"psycopg2", "psycopg2-binary"}},
	{"tensorflow", []pep.Name{"tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-rocm"}},
	{"onnxruntime", []pep.Name{"onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino"}},
	{"faiss", []pep.Name{"faiss-cpu", "faiss-gpu", "faiss-gpu-cu11", "faiss-gpu-cu12"}},
	{"xgboost", []pep.Name{"xgboost", "xgboost-cpu"}},
	{"PIL", []pep.Name{"pillow", "pillow-simd"}},
	{"Crypto", []pep.Name{"pycrypto", "pycryptodome"}},
	{"cupy", []pep.Name{"cupy", "cupy-cuda11x", "cupy-cuda12x", "cupy-cuda13x"}},
	{"magic", []pep.Name{"python-magic", "python-magic-bin", "filemagic"}},
	{"docx", []pep.Name{"python-docx", "docx"}},
	{"jose", []pep.Name{"python-jose", "jose"}},
	{"jwt", []pep.Name{"pyjwt", "jwt"}},
	{"fitz", []pep.Name{"pymupdf", "fitz"}},
	{"serial", []pep.Name{"pyserial", "serial"}},
	{"slugify", []pep.Name{"python-slugify", "slugify", "awesome-slugify", "unicode-slugify"}},
	{"websocket", []pep.Name{"websocket-client", "websocket"}},
	{"MySQLdb", []pep.Name{"mysqlclient", "mysql-python"}},
}

// clashes warns of packages of the graph that bring the same module.
func (g *Graph) clashes() (list []Warning) {
	for _, s := range sameImport {
		var words []string
		var names []pep.Name
		var first *Root
		var most bytesize.Size
		var total bytesize.Total
		for _, name := range s.names {
			i, ok := g.Index(name)
			if !ok {
				continue
			}
			n := &g.nodes[i]
			words = append(words, fmt.Sprintf("%s (%s)", name, n.Download))
			total.Add(n.Download)
			most = max(most, n.Download.Size)
			names = append(names, name)
			if at := slices.IndexFunc(g.roots, func(r Root) bool { return r.Requirement.Name == name }); at >= 0 && first == nil {
				first = &g.roots[at]
			}
		}
		if len(words) < 2 {
			continue
		}
		w := Warning{Code: "same-import", Text: fmt.Sprintf("%s bring the same module %s, so that the one installed last wins: keep one of them", strings.Join(words, " and "), s.module)}
		w.Fix = g.keepOne(names)
		// Whichever stays, at least all but the largest goes.
		switch {
		case total.Unknown > 0:
		case total.Estimated > 0:
			w.Bytes = bytesize.About(total.Size - most)
		default:
			w.Bytes = bytesize.Of(total.Size - most)
		}
		if first != nil {
			w.File, w.Line = first.File, first.Line
		}
		list = append(list, w)
	}
	return list
}

// keepOne says how to keep one of several packages: a line can be deleted, what
// a package requires can only be replaced there.
func (g *Graph) keepOne(names []pep.Name) string {
	var lines, others []string
	for _, name := range names {
		i, _ := g.Index(name)
		if g.isRoot[i] {
			lines = append(lines, string(name))
		} else {
			others = append(others, fmt.Sprintf("%s, which %s requires", name, joinNames(g.RequiredBy(name))))
		}
	}
	switch {
	case len(lines) == 0:
		return "keep one: leave out " + strings.Join(others, ", or ")
	case len(others) == 0:
		return "keep one line of " + strings.Join(lines, ", ")
	}
	return "drop the line of " + strings.Join(lines, ", ") + " and use " + strings.Join(others, "; ")
}

func joinNames(names []pep.Name) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}
