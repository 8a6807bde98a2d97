/** What the networks ask of libtorch and its process beyond DJL's arrays. */
package dev.lockstep.models.engine;
