// Weigh tells what a Python build and its container image weigh, package by
// package and layer by layer, and what would go with what. It is the headless
// twin of the Weighline desktop app: no window, no display.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	done := context.AfterFunc(ctx, giveUp)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	done() // stop ends ctx as an interrupt does
	stop()
	os.Exit(code)
}

// patience is how long an interrupted run may take to end by itself.
const patience = 700 * time.Millisecond

// giveUp ends the program when it does not end by itself after an interrupt:
// a file system that does not answer waits for no context.
func giveUp() {
	time.Sleep(patience)
	fmt.Fprintf(os.Stderr, "\n%s\n", interrupted)
	os.Exit(exitInterrupted)
}
