/**
 * The command line: a class a command, the options that they share, and what a person sees while
 * they work. Nothing else in Lockstep knows of it; what commands do, a program can call.
 */
package dev.lockstep.evaluation.cli;
