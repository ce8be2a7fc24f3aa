//go:build window

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"weighline/analysis/oci/ocitest"
)

// ready is the time from the start of the program until a window has a title
// that fits the pattern, and the CPU time of it: on a busy machine that tells
// more.
func ready(b *testing.B, pattern string, args ...string) {
	d := newDesk(b)
	var cpu time.Duration
	for b.Loop() {
		d.run(args...)
		d.until("a window", func() bool {
			out, err := d.command("xdotool", "search", "--onlyvisible", "--name", pattern).Output()
			d.window = strings.TrimSpace(string(out))
			return err == nil
		})
		b.StopTimer()
		cpu += used(b, d.app)
		d.kill()
		b.StartTimer()
	}
	b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
}

func BenchmarkFirstWindow(b *testing.B) { ready(b, "Weighline$") }
func BenchmarkSample(b *testing.B)      { ready(b, "speech-api.*Weighline$", "--sample") }

// used returns the CPU time that the app has taken.
func used(b *testing.B, app *exec.Cmd) time.Duration {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(app.Process.Pid) + "/stat")
	if err != nil {
		b.Skip("there is no /proc: ", err)
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')'):]))
	var ticks int64
	for _, f := range fields[12:14] { // utime and stime, in hundredths of a second
		n, _ := strconv.ParseInt(f, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// memory returns the resident memory of the app in bytes.
func memory(b testing.TB, app *exec.Cmd) float64 {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(app.Process.Pid) + "/statm")
	if err != nil {
		b.Skip("there is no /proc: ", err)
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(data))[1], 10, 64)
	return float64(pages) * float64(os.Getpagesize())
}

// BenchmarkIdle is what the app takes of a core while nobody touches it, from 10
// to 20 seconds after it showed the sample, and its memory then.
func BenchmarkIdle(b *testing.B) {
	d := newDesk(b)
	for b.Loop() {
		d.start("--sample")
		d.untilTitle(sampleTitle)
		<-time.After(10 * time.Second)
		before := used(b, d.app)
		<-time.After(10 * time.Second)
		b.ReportMetric(100*(used(b, d.app)-before).Seconds()/10, "%core")
		b.ReportMetric(memory(b, d.app)/1e6, "MB")
		d.kill()
	}
}

// BenchmarkImage opens $WEIGHLINE_IMAGE with an empty library: the CPU time until
// all of it is shown, the memory then, and the most that it had.
func BenchmarkImage(b *testing.B) {
	image := os.Getenv("WEIGHLINE_IMAGE")
	if image == "" {
		b.Skip("WEIGHLINE_IMAGE names no image")
	}
	for b.Loop() {
		d := newDesk(b)
		d.run(image)
		last, quiet := time.Duration(-1), 0
		for quiet < 6 { // read when the app has taken hardly any time for 3 seconds
			<-time.After(500 * time.Millisecond)
			now := used(b, d.app)
			if last >= 0 && now-last < 50*time.Millisecond {
				quiet++
			} else {
				quiet = 0
			}
			last = now
		}
		b.ReportMetric(last.Seconds(), "cpu-s")
		b.ReportMetric(memory(b, d.app)/1e6, "MB")
		b.ReportMetric(peak(d.app)/1e6, "MB-peak")
		d.kill()
		b.Log(filepath.Base(image))
	}
}

// frame is how long a frame may take: 30 of them a second.
const frame = "33ms"

// steps lets the user do one thing n times, with the time between two that a
// person takes, and reports what one costs: the CPU time, how often the goroutine
// of the windows (what it does and the painting of it) was busy for longer than a
// frame, and the longest of these; and how long a copy of 4 MB takes here after such
// a pause, which tells what the machine does to a program that rested. The app is
// gone then.
func (d *desk) steps(b *testing.B, n int, pause time.Duration, do func(i int)) {
	before, said := used(b, d.app), d.log.Len()
	from, to := make([]byte, 4<<20), make([]byte, 4<<20)
	var copied []int // µs
	for i := range n {
		do(i)
		<-time.After(pause)
		start := time.Now()
		copy(to, from)
		copied = append(copied, int(time.Since(start).Microseconds()))
	}
	slices.Sort(copied)
	b.ReportMetric(float64(copied[len(copied)/2])/1000, "copy4MB-ms")
	<-time.After(300 * time.Millisecond)
	b.ReportMetric(float64((used(b, d.app)-before).Milliseconds())/float64(n), "cpu-ms/step")
	b.ReportMetric(memory(b, d.app)/1e6, "MB")
	d.kill()
	late, longest := 0, 0
	log := d.log.String()[said:]
	for _, report := range strings.Split(log, watchdogWord)[1:] {
		_, rest, _ := strings.Cut(report, "busy for ")
		ms, _ := strconv.Atoi(strings.Fields(rest)[0])
		late, longest = late+1, max(longest, ms)
	}
	b.ReportMetric(float64(late)/float64(n), "late/step")
	b.ReportMetric(float64(longest), "longest-ms")
	var painted []int // µs from the toggle to the painted frame
	for _, report := range strings.Split(log, paintedWord)[1:] {
		us, _ := strconv.Atoi(strings.Fields(report)[0])
		painted = append(painted, us)
	}
	if len(painted) > 0 {
		slices.Sort(painted)
		b.ReportMetric(float64(painted[len(painted)/2])/1000, "painted-ms")
		b.ReportMetric(float64(painted[len(painted)*95/100])/1000, "painted-ms-95%")
		b.ReportMetric(float64(painted[len(painted)-1])/1000, "painted-ms-max")
	}
	d.log.Reset()
}

// BenchmarkToggle drops the heaviest package of the sample, and of an image of
// 1,000 packages, and keeps it again, to the painted frame; once more after rests of
// 1.5 s.
func BenchmarkToggle(b *testing.B) {
	image := manyFiles(b, 10_000, 1000)
	for _, c := range []struct {
		name, source string
		steps        int
		pause        time.Duration
	}{
		{"sample", "--sample", 100, 200 * time.Millisecond},
		{"1000", image, 100, 200 * time.Millisecond},
		{"1000/rested", image, 30, 1500 * time.Millisecond},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				d := newDesk(b)
				d.watch = frame
				d.start(c.source)
				if c.source == image {
					d.untilTitle(filepath.Base(image) + " – Weighline")
				} else {
					d.untilTitle(sampleTitle)
				}
				d.until("the packages", func() bool { return d.colours("200x200+940+100") > 3 })
				d.page("Packages")
				d.keys("Home")
				<-time.After(2 * time.Second) // what is read at the start is read
				d.steps(b, c.steps, c.pause, func(int) { d.xdo("key", "space") })
			}
		})
	}
}

// BenchmarkWheel turns the wheel over the tree of an image of 200,000 and of one of
// 1,000,000 files, with the folders open of what a filter finds, and over a table of
// 100,000 packages, and moves the pointer over the map of 2,000.
func BenchmarkWheel(b *testing.B) {
	for _, x := range []struct {
		name            string
		files, packages int
		page, filter    string
		do              []string
	}{
		{"files", 200_000, 2000, "Files", "9.bin", []string{"click", "5"}},
		{"files-1M", 1_000_000, 10, "Files", "9.bin", []string{"click", "5"}},
		{"rows-100k", 1000, 100_000, "Packages", "", []string{"click", "5"}},
		{"map", 200_000, 2000, "Packages", "", nil},
	} {
		b.Run(x.name, func(b *testing.B) {
			image := manyFiles(b, x.files, x.packages)
			for b.Loop() {
				d := newDesk(b)
				d.watch = frame
				d.start(image)
				d.untilTitle(filepath.Base(image) + " – Weighline")
				d.until("the packages", func() bool { return d.colours("200x200+940+100") > 3 })
				d.page(x.page)
				if x.filter != "" {
					d.keys("ctrl+f")
					d.write(x.filter)
				}
				d.xdo("mousemove", "--window", d.window, "600", "400")
				<-time.After(3 * time.Second)
				d.steps(b, 100, 20*time.Millisecond, func(i int) {
					do := x.do
					if do == nil {
						do = []string{"mousemove", "--window", d.window, strconv.Itoa(920 + i*37%340), strconv.Itoa(80 + i*53%300)}
					}
					d.xdo(do...)
				})
			}
		})
	}
}

// manyFiles is an image of so many files of nobody, and so many packages, of which
// each tenth requires the nine after it.
func manyFiles(b *testing.B, files, packages int) string {
	var entries []ocitest.Entry
	sizes := min(2000, 400_000_000/files) // all is held in memory once
	for i := range files {
		entries = append(entries, ocitest.Entry{Name: fmt.Sprintf("srv/%03d/%03d/file%d.bin", i/10_000, i/100%100, i), Size: int64(1 + i%sizes)})
	}
	for i := range packages {
		requires := ""
		for n := i + 1; i%10 == 0 && n < i+10; n++ {
			requires += fmt.Sprintf("Requires-Dist: internal-%04d\n", n)
		}
		info := fmt.Sprintf("usr/local/lib/python3.11/site-packages/internal_%04d-1.0.dist-info/", i)
		entries = append(entries, ocitest.Entry{Name: info + "METADATA", Body: fmt.Sprintf("Metadata-Version: 2.1\nName: internal-%04d\nVersion: 1.0\n%s", i, requires)},
			ocitest.Entry{Name: info + "data", Size: int64(100 + i%5000)}, ocitest.Entry{Name: info + "RECORD", Body: strings.TrimPrefix(info, "usr/local/lib/python3.11/site-packages/") + "data,,\n"})
	}
	dir := filepath.Join(b.TempDir(), "many")
	if err := ocitest.Build(ocitest.Layer{CreatedBy: "COPY . /", Entries: entries}).WriteLayout(dir); err != nil {
		b.Fatal(err)
	}
	return dir
}

// peak returns the most memory that the app ever had.
func peak(app *exec.Cmd) float64 {
	data, _ := os.ReadFile("/proc/" + strconv.Itoa(app.Process.Pid) + "/status")
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.ParseFloat(fields[0], 64)
	return kb * 1024
}
