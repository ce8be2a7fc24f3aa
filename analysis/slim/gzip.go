package slim

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"sync/atomic"

	"github.com/klauspost/compress/flate"
)

// gzipBlock is how much of a stream is compressed at a time, in bytes. Blocks
// end at the same places on any computer, so the result is the same, too.
const (
	gzipBlock  = 1 << 20
	gzipWindow = 32 << 10 // what a block may refer to of the one before (RFC 1951)
	// gzipLevel writes layers within 2 % of what pigz and Docker write, at three
	// quarters of their time; faster levels let a layer that loses little grow.
	gzipLevel = 8
)

// A gzipWriter compresses into one gzip member (RFC 1952), blocks of it at the
// same time on all cores, as pigz does.
type gzipWriter struct {
	out   io.Writer
	cur   *gzipJob
	queue chan *gzipJob // in the order of the stream
	free  chan *gzipJob
	made  int
	done  chan error // of what writes
	bad   atomic.Bool
	sum   uint32
	size  uint32
}

// errBroken is what a write says after an earlier one failed; Close tells why.
var errBroken = errors.New("an earlier write failed")

// A gzipJob is a block on its way.
type gzipJob struct {
	data  []byte // what comes before it, then the block
	from  int    // where in data the block begins
	last  bool
	out   bytes.Buffer
	w     *flate.Writer
	ready chan error
}

func newGzipWriter(out io.Writer) *gzipWriter {
	jobs := runtime.GOMAXPROCS(0) + 1
	g := &gzipWriter{out: out, queue: make(chan *gzipJob, jobs), free: make(chan *gzipJob, jobs+1), made: -jobs - 1, done: make(chan error, 1)}
	go g.collect()
	g.cur = g.job(nil)
	return g
}

// job returns a job that is not used, with the end of the block before it.
func (g *gzipWriter) job(before []byte) *gzipJob {
	var j *gzipJob
	if g.made < 0 {
		g.made++
		j = &gzipJob{data: make([]byte, 0, gzipWindow+gzipBlock), ready: make(chan error, 1)}
	} else {
		j = <-g.free
	}
	j.data = append(j.data[:0], before[max(0, len(before)-gzipWindow):]...)
	j.from = len(j.data)
	return j
}

// Write takes the next piece of the stream.
func (g *gzipWriter) Write(p []byte) (int, error) {
	if g.bad.Load() {
		return 0, errBroken
	}
	n := len(p)
	g.sum = crc32.Update(g.sum, crc32.IEEETable, p)
	g.size += uint32(n)
	for len(p) > 0 {
		k := min(len(p), gzipBlock-(len(g.cur.data)-g.cur.from))
		g.cur.data = append(g.cur.data, p[:k]...)
		if p = p[k:]; len(g.cur.data)-g.cur.from == gzipBlock {
			j := g.cur
			g.cur = g.job(j.data) // before j.data is somebody else's
			g.submit(j)
		}
	}
	return n, nil
}

func (g *gzipWriter) submit(j *gzipJob) {
	go j.compress()
	g.queue <- j
}

func (j *gzipJob) compress() {
	j.out.Reset()
	var err error
	if j.w == nil {
		j.w, err = flate.NewWriterDict(&j.out, gzipLevel, j.data[:j.from])
	} else {
		j.w.ResetDict(&j.out, j.data[:j.from])
	}
	if err == nil {
		_, err = j.w.Write(j.data[j.from:])
	}
	if err == nil && j.last {
		err = j.w.Close()
	} else if err == nil {
		err = j.w.Flush()
	}
	j.ready <- err
}

// collect writes what is compressed, in order. After an error it goes on
// without writing, so that nobody waits for it.
func (g *gzipWriter) collect() {
	_, err := g.out.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}) // no time, no name, no system
	for j := range g.queue {
		failed := <-j.ready
		if err == nil {
			err = failed
		}
		if err == nil {
			_, err = g.out.Write(j.out.Bytes())
		}
		g.bad.Store(err != nil)
		g.free <- j
	}
	g.done <- err
}

// Close writes what is left, and the sums. It must be called in any case; an
// error of an earlier write shows here.
func (g *gzipWriter) Close() error {
	g.cur.last = true
	g.submit(g.cur)
	close(g.queue)
	if err := <-g.done; err != nil {
		return err
	}
	var tail [8]byte
	for i, v := range []uint32{g.sum, g.size} {
		tail[4*i], tail[4*i+1], tail[4*i+2], tail[4*i+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	}
	_, err := g.out.Write(tail[:])
	return err
}
