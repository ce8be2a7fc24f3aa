package plan

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"weighline/analysis/bytesize"
)

func TestPresets(t *testing.T) {
	ids := map[string]bool{}
	for _, b := range Presets() {
		if ids[b.ID] || b.ID == "" || b.Name == "" || b.States == "" || b.Scope != Bundle && b.Scope != Image {
			t.Errorf("preset %+v: no ID of its own, no name, no scope, or nothing of what its source states", b)
		}
		ids[b.ID] = true
		if u, err := url.Parse(b.Source); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: source %q is no address", b.ID, b.Source)
		}
		if _, err := time.Parse(time.DateOnly, b.CheckedOn); err != nil {
			t.Errorf("%s: %v", b.ID, err)
		}
	}
	// AWS means 1024 KB by MB: its error text says 262144000 bytes.
	if b, err := Preset("AWS-Lambda-zip"); err != nil || b.Limit != 262_144_000 || b.Counts != Unpacked {
		t.Errorf("Preset(aws-lambda-zip) = %+v, %v", b, err)
	}
	if _, err := Preset("no-such"); !errors.Is(err, ErrNoPreset) {
		t.Errorf("Preset(no-such) = %v, want ErrNoPreset", err)
	}
}

func TestParseBudget(t *testing.T) {
	test := func(text string, limit int64, counts Counts, prints string) {
		t.Helper()
		b, err := ParseBudget(text)
		if err != nil || b.Limit != limit || b.Counts != counts || b.String() != prints {
			t.Errorf("ParseBudget(%q) = %d %s %q, %v, want %d %s %q", text, b.Limit, b.Counts, b, err, limit, counts, prints)
		}
	}
	test("500MB", 500_000_000, Unpacked, "500 MB unpacked")
	test("500MB:unpacked", 500_000_000, Unpacked, "500 MB unpacked")
	test("1 GiB:Download", 1<<30, Download, "1.07 GB download")
	test("10GB:largest-layer", 10_000_000_000, LargestLayer, "10.0 GB in one layer")
	test("14GB:disk", 14_000_000_000, Disk, "14.0 GB of disk")
	test("10m", 600, Time, "10 min to build")
	test("1h30m:time", 5400, Time, "90 min to build")
	fail := func(text, want string) {
		t.Helper()
		if b, err := ParseBudget(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseBudget(%q) = %+v, %v, want an error with %q", text, b, err, want)
		}
	}
	fail("", "is no number of bytes")
	fail("big", "is no number of bytes")
	fail("500MB:weight", "is nothing that a budget counts")
	fail("0", "more than 0")
	fail("10m:unpacked", "is counted in bytes")
	fail("500MB:time", "is no time")
	fail("-10m", "more than 0")
}

func TestCheck(t *testing.T) {
	test := func(b Budget, u Usage, want string, over bool) {
		t.Helper()
		if d, o := b.Check(u); d.String() != want || o != over {
			t.Errorf("%v of %+v: %q, over %t, want %q, %t", b, u, d, o, want, over)
		}
	}
	bytes := func(c Counts, t bytesize.Total) Usage { return Usage{Bytes: map[Counts]bytesize.Total{c: t}} }
	limit := Budget{Limit: 500_000_000, Counts: Unpacked}
	test(limit, bytes(Unpacked, bytesize.Total{Size: 380_000_000}), "120 MB left", false)
	test(limit, bytes(Unpacked, bytesize.Total{Size: 500_000_000}), "0 B left", false) // a limit may be used up
	test(limit, bytes(Unpacked, bytesize.Total{Size: 500_000_001}), "over by 1 B", true)
	test(limit, bytes(Unpacked, bytesize.Total{Size: 380_000_000, Estimated: 2}), "≈ 120 MB left", false)
	test(limit, bytes(Unpacked, bytesize.Total{Size: 380_000_000, Unknown: 2}), "at most 120 MB left, 2 sizes are unknown", false)
	test(limit, bytes(Unpacked, bytesize.Total{Size: 530_000_000, Unknown: 1}), "over by at least 30.0 MB", true)
	// What nobody knows is neither within the limit nor beyond it.
	test(limit, bytes(Unpacked, bytesize.Total{Unknown: 3}), "unknown", false)
	test(limit, bytes(Download, bytesize.Total{Size: 1}), "unknown", false)
	test(limit, Usage{}, "unknown", false)

	minutes := Budget{Limit: 600, Counts: Time}
	test(minutes, Usage{Seconds: &Range{120, 180}}, "7 to 8 min left", false)
	test(minutes, Usage{Seconds: &Range{500, 720}}, "may be over by 2 min", false)
	test(minutes, Usage{Seconds: &Range{720, 1200}}, "over by 2 to 10 min", true)
	test(minutes, Usage{}, "unknown", false)
}

func TestRange(t *testing.T) {
	for want, r := range map[string]Range{
		"2 to 3 min":        {120, 180},
		"40 s":              {40, 40.2},
		"40 s to 3 min":     {40, 180},
		"1 h 50 min to 2 h": {6600, 7200},
	} {
		if got := r.String(); got != want {
			t.Errorf("%v = %q, want %q", [2]float64{r.Low, r.High}, got, want)
		}
	}
}
