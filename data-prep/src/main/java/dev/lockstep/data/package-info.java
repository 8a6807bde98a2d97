/**
 * From a pinned Delta snapshot to training lanes: what is read, how it is split, which features are
 * made of it and in which order the rows reach the ranks. Spark lives here; DJL does not. This
 * package has what all others share.
 */
package dev.lockstep.data;
