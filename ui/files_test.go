package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"weighline/analysis/layer"
	"weighline/analysis/oci/ocitest"
	"weighline/analysis/pep"
	"weighline/ui/state"
	"weighline/ui/widgets"
)

// TestOneSelection selects in each view in turn: table, map, tree, layers and
// details show the same.
func TestOneSelection(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(writeImage(t,
		ocitest.Layer{CreatedBy: "RUN pip install", Entries: append(distribution("torch", 500), distribution("flask", 50)...)},
		ocitest.Layer{CreatedBy: "COPY app /app", Entries: []ocitest.Entry{{Name: "app/main.py", Size: 5}}}))
	tree := b.session.Build.Image.Tree
	at := func(path string) int {
		n, ok := tree.Lookup(path)
		if !ok {
			t.Fatalf("no %s", path)
		}
		return int(n)
	}
	const site = "/usr/local/lib/python3.11/site-packages/"

	b.show("packages")
	b.packages.table.Select("python:flask")
	b.packages.table.OnSelect([]string{"python:flask"})
	equal(t, "map", b.packages.treemap.Selected(), "[python:flask]")
	contains(t, "details", b.packages.details.title.Text, "flask")
	b.show("files")
	if n := b.files.tree.Selected(); n != at(site+"flask-1.0.dist-info") && n != at(site+"flask") {
		t.Errorf("the tree selects %s", tree.FullPath(layer.Node(n)))
	}
	equal(t, "a file of it is bold", b.files.node(at(site+"flask/core.so")).Bold, true)
	equal(t, "another is not", b.files.node(at(site+"torch/core.so")).Bold, false)

	b.files.tree.OnSelect(at(site + "torch/core.so"))
	equal(t, "selected by the tree", b.session.Selected, "python:torch")
	b.show("layers")
	equal(t, "the layer of it is bold", b.layers.cell(0, "layer").Bold, true)
	equal(t, "the other is not", b.layers.cell(1, "layer").Bold, false)
	equal(t, "packages in it", b.layers.cell(0, "packages").Text, "2")
	equal(t, "none in the other", b.layers.cell(1, "packages").Text, "0")
	b.show("packages")
	equal(t, "table", b.packages.table.Selected(), "[python:torch]")
	equal(t, "map", b.packages.treemap.Selected(), "[python:torch]")
	contains(t, "details", b.packages.details.title.Text, "torch")

	b.show("files")
	b.files.tree.OnSelect(at("/app/main.py")) // of nobody
	b.show("packages")
	equal(t, "map", b.packages.treemap.Selected(), "[folder:/]")
	equal(t, "table", b.packages.table.Selected(), "[]")
}

// TestFilesOfLayer goes from a layer to its files and back to all.
func TestFilesOfLayer(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(writeImage(t,
		ocitest.Layer{CreatedBy: "RUN one", Entries: []ocitest.Entry{{Name: "srv/old", Size: 500}, {Name: "srv/kept", Size: 20}}},
		ocitest.Layer{CreatedBy: "RUN two", Entries: []ocitest.Entry{{Name: "srv/.wh.old"}, {Name: "srv/new", Size: 70}}}))
	b.show("layers")
	equal(t, "with no layer selected", b.command("layerfiles").can(), false)
	b.press(fyne.KeyEnd)
	b.command("layerfiles").run()
	b.until("the files of the layer", func() bool { return b.files.layer != nil })
	equal(t, "page", b.current, "files")
	contains(t, "title", b.files.tree.Title, "Layer 1")
	equal(t, "lines", b.files.tree.Lines(), 1)
	b.press(fyne.KeyHome, fyne.KeyRight, fyne.KeyDown)
	contains(t, "the line below", b.files.where.Text, "/srv/new, 70 bytes, added")
	b.press(fyne.KeyDown)
	contains(t, "the line below", b.files.where.Text, "/srv/old, 0 bytes, removed", "500 B of lower layers are hidden")
	equal(t, "the choice", b.files.of.Selected, "Layer 1: RUN two")
	n := b.files.tree.Selected()
	equal(t, "bytes, hidden and package of the removed", b.files.node(n).Values, "[0 500 B ]")
	b.copySelection()
	equal(t, "copied", b.app.fyne.Clipboard().Content(), "/srv/old\t0\t500\t")
	b.press(fyne.KeyHome, fyne.KeyReturn)
	equal(t, "Enter closes the folder: lines", b.files.tree.Lines(), 1)
	b.press(fyne.KeyReturn)
	equal(t, "and opens it", b.files.tree.Lines(), 3)
	b.files.of.SetSelectedIndex(0)
	b.until("all files", func() bool { return b.files.layer == nil })
	b.press(fyne.KeyHome)
	contains(t, "the line below", b.files.where.Text, "/srv, 90 bytes")
}

// TestToast drops a package by the palette, where no page shows what comes of it:
// a message does, and takes it back.
func TestToast(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.show("files")
	b.command("palette").run()
	b.write("drop librosa")
	b.press(fyne.KeyReturn)
	contains(t, "the message", b.toasts.Said(), "Download: 3.12 GB › ")
	b.session.SetDropped("torch", true)
	equal(t, "the message about another plan", b.toasts.Said(), "")
	b.session.Undo()
	b.tell(func() { b.session.SetDropped("uvicorn", true) })
	b.command("undo").run()
	equal(t, "the message after undo", b.toasts.Said(), "")
	equal(t, "plan", b.session.Plan.Drop, "[librosa]")
}

// TestSelectionCommands: what the context menu of packages does the menu bar does.
func TestSelectionCommands(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	for _, id := range []string{"toggle", "dev"} {
		equal(t, id+" with nothing selected", b.command(id).can(), false)
	}
	b.packages.table.Select("python:librosa")
	b.packages.selected([]string{"python:librosa"})
	b.command("toggle").run()
	equal(t, "plan", b.session.Plan.Drop, "[librosa]")
	b.command("toggle").run()
	b.command("dev").run()
	equal(t, "for development", b.session.Plan.MovesToDev("librosa"), true)
	b.packages.focus()
	b.command("copy").run()
	contains(t, "the clipboard", b.app.fyne.Clipboard().Content(), "Package\t", "librosa\t")
	b.command("all").run()
	equal(t, "selected", len(b.packages.table.Selected()), b.session.Visible())
	b.press(fyne.KeyF10)
	b.pick("Copy names")
	b.win.Canvas().Overlays().Remove(b.win.Canvas().Overlays().Top())
	b.command("columns").run()
	b.pick("Version")
	b.win.Canvas().Overlays().Remove(b.win.Canvas().Overlays().Top())
	for _, c := range b.packages.table.State().Columns {
		equal(t, c.ID+" is hidden", c.Hidden, c.ID == "version")
	}
	b.command("palette").run()
	b.write("swap torch for")
	b.press(fyne.KeyReturn)
	equal(t, "a swap by the palette", b.session.Plan.Swaps("torch") != "", true)
	equal(t, "framed on the map", b.packages.states()["python:torch"], widgets.TileNew)
	b.session.Reset()
	b.packages.selected([]string{"python:librosa"})
	b.command("filter-by").run()
	equal(t, "filter", b.session.Filter, "librosa")
	b.session.SetFilter("")
	b.command("filter").run()
	b.write("nvidia")
	b.command("all").run() // of the field
	b.command("copy").run()
	equal(t, "the clipboard", b.app.fyne.Clipboard().Content(), "nvidia")
}

// TestZoomPath zooms into a group of the map: the path above leads back.
func TestZoomPath(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(writeImage(t, ocitest.Layer{CreatedBy: "RUN pip", Entries: append(distribution("torch", 500), ocitest.Entry{Name: "srv/x", Size: 400})}))
	b.show("packages")
	equal(t, "a path over all", b.packages.crumbs.Visible(), false)
	b.packages.treemap.Zoom("group:python")
	equal(t, "a path", b.packages.crumbs.Visible(), true)
	b.packages.crumbs.OnTap(0)
	equal(t, "zoomed", len(b.packages.treemap.Zoomed()), 0)
	equal(t, "a path over all", b.packages.crumbs.Visible(), false)
}

// TestGoneWithAnother: the box of what goes with another package cannot keep it; a
// message says so, and offers what does.
func TestGoneWithAnother(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.show("packages")
	b.session.SetDroppedAll([]pep.Name{"torch", "openai-whisper"}, true)
	b.packages.toggle([]string{"python:triton"})
	contains(t, "the message", b.toasts.Said(), "triton goes with what was dropped")
	equal(t, "what brings it back", b.session.BroughtBack(b.session.Row("python:triton")), "openai-whisper")
	equal(t, "what brings back what both need", b.session.BroughtBack(b.session.Row("python:torch")), "")
}

// TestMenuOfSeveral: the menu of several rows is about all of them.
func TestMenuOfSeveral(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.show("packages")
	keys := []string{"python:fastapi", "python:librosa", "python:uvicorn"}
	b.packages.selected(keys)
	label := func() string { return b.packages.planItems(keys, b.session.Row(keys[2]))[0].Label }
	equal(t, "the first item", label(), "Drop 3 packages")
	b.session.SetDropped("librosa", true)
	equal(t, "with one of them dropped", label(), "Drop 3 packages")
	b.packages.toggle(keys)
	equal(t, "with all dropped", label(), "Keep 3 packages")
	equal(t, "names", b.packages.namesOf(keys), "fastapi\nlibrosa\nuvicorn")
}

// TestShowPackage: what is shown of a package is not hidden by a filter.
func TestShowPackage(t *testing.T) {
	b := newBench(t, nil, nil)
	b.sample()
	b.session.SetFilter("nvidia")
	b.showPackage("python:nvidia-nccl-cu12")
	equal(t, "the filter that lets it through", b.session.Filter, "nvidia")
	b.showPackage("python:librosa")
	equal(t, "the filter that does not", b.session.Filter, "")
	equal(t, "selected", b.packages.table.Selected(), "[python:librosa]")
}

// TestBarLabel: labels of charts tell copies of a package apart.
func TestBarLabel(t *testing.T) {
	for place, want := range map[string]string{"": "scipy", "…/python3/dist-packages": "scipy dist-packages", "…/npm/node_modules": "scipy npm",
		"…/venv/lib/python3.11/site-packages": "scipy venv", "amd64": "scipy amd64", "/app": "scipy app"} {
		equal(t, "the label of a package in "+place, barLabel(&state.Row{Name: "scipy", Place: place}), want)
	}
}

// TestFilesOfPackage goes from a package to its folder, out of the files of a layer,
// too.
func TestFilesOfPackage(t *testing.T) {
	b := newBench(t, nil, nil)
	b.open(writeImage(t, ocitest.Layer{CreatedBy: "RUN pip install", Entries: append(distribution("torch", 500), distribution("flask", 50)...)}))
	equal(t, "with nothing selected", b.command("files-of").can(), false)
	b.session.ShowLayer(0)
	b.until("the files of the layer", func() bool { return b.session.LayerFiles != nil })
	b.session.Select("python:torch")
	b.command("files-of").run()
	equal(t, "page", b.current, "files")
	equal(t, "files of", b.session.FilesOf, -1)
	contains(t, "the line below", b.files.where.Text, "site-packages/torch")
}

// TestRecentText: of several files that were opened together all are named.
func TestRecentText(t *testing.T) {
	equal(t, "one", recentText("/srv/app/requirements.txt"), "/srv/app/requirements.txt")
	equal(t, "several", recentText("/srv/a/long/way/app/requirements.txt\n-c\n/srv/a/long/way/app/constraints.txt\nghcr.io/acme/api:1.4"),
		"requirements.txt -c constraints.txt api:1.4")
}
