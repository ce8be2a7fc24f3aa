// Package ocitest makes small, real images for tests and samples: from Go
// values or from a text, with no binary fixture and byte for byte the same
// each time.
//
//	img := ocitest.Build(
//		ocitest.Layer{CreatedBy: "RUN pip install numpy", Entries: []ocitest.Entry{
//			{Name: "app/numpy/core.so", Body: "0123456789"},
//		}},
//		ocitest.Layer{Entries: []ocitest.Entry{{Name: "app/.wh.numpy"}}},
//	)
//	err := img.WriteLayout(dir)
//
// The same as a text in txtar form, the first element of each path being the
// layer:
//
//	layer base RUN pip install numpy
//	-- base/app/numpy/core.so --
//	0123456789
//	-- slim/app/.wh.numpy --
//
// [Parse] tells the whole grammar. An [Image] is written as an OCI layout
// ([Image.WriteLayout], [Image.WriteOCIArchive]), as docker save writes it
// ([Image.WriteDockerArchive]), or served from a registry within the test
// ([Serve]).
package ocitest
