package ui

import "testing"

// TestLanguage changes the language of an open window: its words change, what is
// open, planned and selected does not.
func TestLanguage(t *testing.T) {
	b := newBench(t, nil, nil)
	t.Cleanup(func() { b.app.SetLanguage("en") })
	b.sample()
	b.drops("torch", "openai-whisper")
	b.packages.selected([]string{"python:librosa"})
	before := b.session.Preview.After.Download
	b.app.SetLanguage("de")
	equal(t, "the first column after the box", b.packages.table.State().Columns[1].ID, "name")
	equal(t, "the menu", b.win.MainMenu().Items[0].Label, "Datei")
	contains(t, "the title", b.win.Title(), "speech-api (Beispiel)")
	contains(t, "the foot", b.packages.footer.main.Text(), "Pakete 72", "weniger")
	contains(t, "the details", b.packages.details.text.String(), "Warum es da ist")
	equal(t, "what is dropped", b.session.Plan.Drop, "[openai-whisper torch]")
	equal(t, "the download after", b.session.Preview.After.Download, before)
	equal(t, "the selection", b.session.Selected, "python:librosa")
	b.app.SetLanguage("en")
	equal(t, "the menu", b.win.MainMenu().Items[0].Label, "File")
	b.drops("torch") // the new widgets work
	equal(t, "what is dropped", b.session.Plan.Drop, "[openai-whisper]")
}
