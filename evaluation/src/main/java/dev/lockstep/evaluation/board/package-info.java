/**
 * All runs of a ledger as one page: {@link dev.lockstep.evaluation.board.Board} gathers them,
 * {@link dev.lockstep.evaluation.board.BoardPage} renders them.
 */
package dev.lockstep.evaluation.board;
