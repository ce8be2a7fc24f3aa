//go:build window

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
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
		d.app.Process.Kill()
		d.app.Wait()
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
		d.app.Process.Kill()
		d.app.Wait()
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
		d.app.Process.Kill()
		d.app.Wait()
		b.Log(filepath.Base(image))
	}
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
