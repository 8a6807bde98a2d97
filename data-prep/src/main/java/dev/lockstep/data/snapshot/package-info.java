/** Delta tables, pinned: one version, resolved once and recorded. */
package dev.lockstep.data.snapshot;
