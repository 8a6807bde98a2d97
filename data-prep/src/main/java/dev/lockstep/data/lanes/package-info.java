/**
 * Rows to lanes to ranks: every row exactly once, in an order that depends on the rows alone. How a
 * rank keeps its lanes is the distributor's business.
 */
package dev.lockstep.data.lanes;
