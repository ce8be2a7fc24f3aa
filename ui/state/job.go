package state

import (
	"context"
	"sync/atomic"
	"time"

	"weighline/analysis"
	"weighline/ui/texts"
)

// A Progress is how far the running job is.
type Progress struct {
	Running bool
	What    string // such as "Reading layer 4 of 9"
	Done    int64  // bytes
	Total   int64  // bytes; 0 when nobody knows
}

// progressEvery bounds how often the screen hears of a running job.
const progressEvery = 100 * time.Millisecond

// A job is one long piece of work, of which a session has one at a time. It runs
// on a goroutine of its own, as only jobs and tasks do.
type job struct {
	cancel context.CancelFunc
	shown  bool         // what is open is a part of what it reads
	next   atomic.Int64 // when progress may be posted again, in nanoseconds since 1970
}

// start runs work elsewhere and hands what it returns back to the owner of s.
// A job that was running is abandoned: what it still returns is dropped.
// work gets a function that it may call as often as it likes, from any
// goroutine, to tell how far it is, and one that hands an early result to the
// owner.
func (s *Session) start(what string, work func(ctx context.Context, step func(analysis.Progress), early func(func())) (done func(), err error)) {
	s.abandon()
	ctx, cancel := context.WithCancel(context.Background())
	j := &job{cancel: cancel}
	s.job = j
	s.Progress = Progress{Running: true, What: what}
	s.Notice = Notice{}
	s.changed()
	mine := func() bool { return s.job == j }
	step := func(p analysis.Progress) {
		now := time.Now().UnixNano()
		if next := j.next.Load(); now < next || !j.next.CompareAndSwap(next, now+int64(progressEvery)) {
			return
		}
		s.post(func() {
			if mine() {
				s.Progress = Progress{Running: true, What: p.What, Done: p.Done, Total: p.Total}
				s.progressed()
			}
		})
	}
	early := func(f func()) {
		s.post(func() {
			if mine() {
				f()
				s.changed()
			}
		})
	}
	go func() {
		done, err := work(ctx, step, early)
		s.post(func() {
			cancel()
			if !mine() {
				return // another job took its place
			}
			s.job = nil
			s.Progress = Progress{}
			if done != nil {
				done()
			}
			if err != nil {
				s.fail(err)
			}
			if err == nil && s.Notice.Text == "" {
				s.Notice, s.untold = s.untold, Notice{}
			}
			s.offer()
			s.changed()
			s.saveNow()
		})
	}()
}

// Cancel asks the running job to stop, if there is one. The job hands over what
// it has read so far, and what was shown before stays if that is nothing.
func (s *Session) Cancel() {
	if s.job == nil {
		return
	}
	s.job.cancel()
	s.Progress = Progress{Running: true, What: texts.T("Stopping")}
	s.changed()
}

// abandon drops the running job, if there is one, and all that it returns. A
// build that was to be saved when it is whole is saved as far as it is read.
func (s *Session) abandon() {
	if s.job == nil {
		return
	}
	s.job.cancel()
	s.job = nil
	s.Progress = Progress{}
	s.saveNow()
}
