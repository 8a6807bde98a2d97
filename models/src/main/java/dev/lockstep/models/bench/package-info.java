/** Training steps in one process alone: to time networks, and to try them without a cluster. */
package dev.lockstep.models.bench;
