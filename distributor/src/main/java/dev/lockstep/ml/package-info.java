/**
 * Networks as estimators and models of Spark ML: for pipelines, cross-validation, streams and
 * programs of one's own.
 */
package dev.lockstep.ml;
