package state

import (
	"context"
	"errors"

	"weighline/analysis"
	"weighline/store"
	"weighline/ui/texts"
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
	Actions  []Action // what can be done about it right here
}

// An Action is a button of a notice.
type Action struct {
	Text string
	Do   func()
}

// fail shows err. Being cancelled is not a failure.
func (s *Session) fail(err error) {
	if errors.Is(err, context.Canceled) {
		s.Notice = Notice{Severity: Caution, Text: texts.T("Stopped."), Why: texts.T("What was read so far stays.")}
		if s.retry != nil {
			s.Notice.Actions = []Action{{texts.T("Read on"), s.Retry}}
		}
		return
	}
	s.Notice = noticeOf(err)
	s.Notice.Actions = s.waysOn(err)
}

func noticeOf(err error) Notice {
	n := Notice{Severity: Failure, Text: texts.Say(analysis.Explain(err)), Hint: texts.Say(hintOf(err)), Raw: err.Error()}
	var library *store.Error
	if errors.As(err, &library) {
		n.Hint = library.Hint()
	}
	return n
}
