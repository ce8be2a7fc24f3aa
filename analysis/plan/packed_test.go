package plan

import "testing"

func TestIsPacked(t *testing.T) {
	for p, want := range map[string]bool{
		"/srv/a.whl": true, "/usr/share/doc/b.GZ": true, "/root/.cache/pip/http/a/b/ab12": true, "/root/.cache/pip/http-v2/1/2.body": true,
		"/usr/lib/a.so": false, "/srv/http/index": false, "/srv/pip/https": false,
	} {
		if got := isPacked(p); got != want {
			t.Errorf("isPacked(%q) = %v", p, got)
		}
	}
}

func TestWithoutPacked(t *testing.T) {
	test := func(p packedLayer, download, content, goes, hidden, want float64) {
		t.Helper()
		if got := p.without(download, content, goes, hidden); got != want {
			t.Errorf("%+v without %v of %v: %v, want %v", p, goes, content, got, want)
		}
	}
	test(packedLayer{}, 300, 1000, 500, 0, 150)           // in proportion
	test(packedLayer{}, 300, 1000, 1000, 0, 0)            // all goes
	test(packedLayer{all: 200}, 400, 1000, 400, 0, 300)   // 200 stay, and a quarter of the other 400
	test(packedLayer{200, 200}, 400, 1000, 400, 400, 150) // the packed ones are hidden and go
	test(packedLayer{all: 390}, 400, 1000, 500, 0, 200)   // the names were wrong
	test(packedLayer{all: 1000}, 1000, 1000, 500, 0, 500) // all is packed
	test(packedLayer{all: 900}, 910, 1000, 950, 0, 50)    // more goes than is not packed
	test(packedLayer{all: 0}, 1050, 1000, 500, 0, 525)    // stored uncompressed
}
