package dev.lockstep.data.encoded;

import org.apache.spark.unsafe.types.UTF8String;

/**
 * Some encoded rows, column by column.
 *
 * @param size number of rows
 * @param splits {@code train}, {@code validation} or {@code test}, [size]
 * @param hashes hashes of the source rows, [size]; see {@link RowOrder}
 * @param labels class indices, or numbers; NaN where one is missing, [size]
 * @param weights positive weights, [size]
 * @param numeric the numeric features, [features][size]
 * @param categorical indices of the categorical features, [features][size]
 */
@SuppressWarnings("ArrayRecordComponent") // Columns of primitives; batches are not compared.
public record EncodedBatch(
    int size,
    UTF8String[] splits,
    long[] hashes,
    double[] labels,
    double[] weights,
    float[][] numeric,
    int[][] categorical) {}
