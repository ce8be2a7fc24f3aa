//go:build window

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// monkeyKeys are what the monkey presses besides letters: all that the window
// knows, but for what closes it and what opens further windows.
var monkeyKeys = strings.Fields("Tab shift+Tab space Return Escape Up Down Left Right Home End Prior Next shift+Down shift+Up ctrl+a ctrl+c " +
	"ctrl+z ctrl+shift+z ctrl+f ctrl+k ctrl+s ctrl+e ctrl+d ctrl+o ctrl+i ctrl+1 ctrl+2 ctrl+3 ctrl+4 ctrl+5 ctrl+6 ctrl+7 ctrl+8 ctrl+9 ctrl+comma " +
	"F1 F5 F9 alt+Left alt+Right BackSpace Delete Menu shift+F10")

// maxQuits is how often the monkey may choose Quit, in the menu or the palette: more
// often it does not find that by chance.
const maxQuits = 5

// TestMonkey gives the app random keys, clicks, drags and turns of the wheel, for
// $WEIGHLINE_MONKEY (20 s): it must not crash, and not grow.
// $WEIGHLINE_SEED repeats a run.
func TestMonkey(t *testing.T) {
	length := 20 * time.Second
	if d, err := time.ParseDuration(os.Getenv("WEIGHLINE_MONKEY")); err == nil {
		length = d
	}
	seed, err := strconv.ParseUint(os.Getenv("WEIGHLINE_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("WEIGHLINE_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	d := newDesk(t)
	d.alone()
	d.start("--sample")
	d.untilTitle(sampleTitle)
	app := d.app
	begin, end := time.Now(), time.Now().Add(length)
	var warm float64 // memory after a third of the time, when all pages were shown
	steps, quits := 0, 0
	for time.Now().Before(end) {
		args := monkeyStep(r)
		d.command("xdotool", args...).Run() // a key that does not exist on this keyboard is no loss
		steps++
		select {
		case <-d.ended:
			if quits++; !app.ProcessState.Success() || quits > maxQuits {
				t.Fatalf("the app ended after %d steps (%v, the %d. time), the last was %v\n%s", steps, app.ProcessState, quits, args, d.log.String())
			}
			d.start("--sample")
			d.untilTitle(sampleTitle)
			app, begin, warm = d.app, time.Now(), 0
		case <-time.After(10 * time.Millisecond):
		}
		if warm == 0 && time.Since(begin) > length/3 {
			warm = memory(t, app)
		}
	}
	now := memory(t, app)
	t.Logf("%d steps, quit %d times; %.0f MB after a third of the time, %.0f MB in the end", steps, quits, warm/1e6, now/1e6)
	if warm > 0 && now > 1.5*warm+50e6 {
		t.Errorf("the app grew from %.0f to %.0f MB", warm/1e6, now/1e6)
	}
	// It still does what it is asked for.
	d.keys("Escape", "Escape", "Escape")
	d.keys("ctrl+k")
	d.write("open the sample")
	d.keys("Return")
	d.until("the sample", func() bool { return strings.Contains(d.title(), "speech-api") })
}

// alone gives the window the whole screen, without the frame and the menus of the
// window manager: there the monkey would find the box that closes it.
func (d *desk) alone() {
	d.t.Helper()
	rc := filepath.Join(d.dir, "openbox", "openbox", "rc.xml")
	err := os.MkdirAll(filepath.Dir(rc), 0o700)
	if err == nil {
		err = os.WriteFile(rc, []byte(`<openbox_config xmlns="http://openbox.org/3.4/rc"><focus><focusNew>yes</focusNew></focus>
<applications><application class="*"><decor>no</decor><maximized>yes</maximized></application></applications></openbox_config>`), 0o600)
	}
	if err == nil {
		err = d.command("openbox", "--reconfigure").Run()
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

func monkeyStep(r *rand.Rand) []string {
	move := func() []string {
		return []string{"mousemove", fmt.Sprint(r.IntN(1280)), fmt.Sprint(r.IntN(800))}
	}
	switch r.IntN(10) {
	case 0, 1, 2:
		return []string{"key", monkeyKeys[r.IntN(len(monkeyKeys))]}
	case 3:
		return []string{"type", "--delay", "5", string(rune('a' + r.IntN(26)))}
	case 4:
		return append(move(), "click", "--repeat", fmt.Sprint(1+r.IntN(8)), "--delay", "5", fmt.Sprint(4+r.IntN(2)))
	case 5:
		return append(append(append(move(), "mousedown", "1"), move()...), "mouseup", "1")
	case 6:
		return append(move(), "click", "3")
	}
	return append(move(), "click", "1")
}
