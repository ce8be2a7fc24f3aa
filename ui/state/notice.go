package state

import (
	"context"
	"errors"

	"weighline/analysis"
	"weighline/store"
)

// A Severity says how a notice is meant.
type Severity int

// The severities.
const (
	Info Severity = iota
	Caution
	Failure
)

// A Notice is what the status bar says: what happened, why, and what next. The
// raw text of the error is folded away.
type Notice struct {
	Severity Severity
	Text     string // what happened, one sentence; "" for no notice
	Why      string
	Hint     string
	Raw      string
	Undo     func() // takes back what the notice tells of, or nil
	Retry    func() // does again what failed, or nil
}

// fail shows err. Being cancelled is not a failure.
func (s *Session) fail(err error) {
	if errors.Is(err, context.Canceled) {
		s.Notice = Notice{Severity: Caution, Text: "Stopped.", Why: "What was read so far stays."}
		return
	}
	s.Notice = noticeOf(err)
	s.Notice.Retry = s.retry
}

func noticeOf(err error) Notice {
	n := Notice{Severity: Failure, Text: analysis.Explain(err), Hint: analysis.Hint(err), Raw: err.Error()}
	var library *store.Error
	if errors.As(err, &library) {
		n.Hint = library.Hint()
	}
	return n
}
