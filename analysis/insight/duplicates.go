package insight

import (
	"fmt"

	"weighline/analysis/bytesize"
)

// duplicates tells of files with the same content at several paths. All copies
// but one could go; hard links share one copy already and do not count.
func (f *finder) duplicates() {
	if f.t == nil {
		return
	}
	groups := f.t.Duplicates()
	x := Insight{ID: "duplicates", Counts: Unpacked, Certainty: Known,
		Text: "Each group keeps one copy; the figure is what the other copies weigh. Content counts as the same when size and hash are.",
		Fix: []string{
			"# in the instruction that makes the copies, so that they share a layer:",
			"ln -f FIRST COPY        # or a symbolic link: ln -sf",
		},
		Risk: "A program that writes to one of the paths then changes the other, too. A hard link holds within one layer only.",
	}
	var sum int64
	copies := 0
	for _, d := range groups {
		sum += d.Bytes()
		copies += len(d.Nodes) - 1
		x.extent.same = append(x.extent.same, d.Nodes)
		if len(x.Rows) == maxRows {
			x.More++
			continue
		}
		x.Rows = append(x.Rows, Row{Path: f.t.FullPath(d.Nodes[0]), Layer: f.t.LayerOf(d.Nodes[0]), Bytes: bytesize.Of(d.Bytes()), Files: len(d.Nodes),
			Note: fmt.Sprintf("%d × %s; also %s", len(d.Nodes), bytesize.Size(d.Size), f.t.FullPath(d.Nodes[1]))})
	}
	if sum == 0 {
		return
	}
	more := x.More
	x.Bytes = bytesize.Of(sum)
	x.Title = fmt.Sprintf("%s in %s with the content of another", bytesize.Size(sum), files(copies))
	f.add(x)
	f.out[len(f.out)-1].More = more
}
