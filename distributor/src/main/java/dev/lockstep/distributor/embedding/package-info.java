/**
 * Embedding tables whose rows are sharded over the ranks: each row has an owner, and a step moves
 * and updates the rows alone that its batch touches.
 */
package dev.lockstep.distributor.embedding;
