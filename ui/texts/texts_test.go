package texts

import "testing"

func TestUse(t *testing.T) {
	t.Cleanup(func() { Use("en") }) // the code's own language
	for _, x := range []struct{ locale, undo, several string }{
		{"en_GB.UTF-8", "Undo", "3 layers"},
		{"de", "Rückgängig", "3 Layer"},
		{"de-AT", "Rückgängig", "3 Layer"},
		{"", "Undo", "3 layers"},
		{"tlh", "Undo", "3 layers"}, // one that the catalogue has not
	} {
		if err := Use(x.locale); err != nil {
			t.Fatal(err)
		}
		if got := T("Undo"); got != x.undo {
			t.Errorf("Undo in %q is %q, want %q", x.locale, got, x.undo)
		}
		if got := N(3, "%d layer", "%d layers"); got != x.several {
			t.Errorf("3 layers in %q is %q, want %q", x.locale, got, x.several)
		}
	}
	if got := N(1, "%d layer", "%d layers"); got != "1 layer" {
		t.Errorf("N(1) = %q", got)
	}
	if got := T("a text that no language has"); got != "a text that no language has" {
		t.Errorf("an unknown text is %q", got)
	}
}
