package dev.lockstep.data.internal.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.execution.vectorized.Dictionary;
import org.apache.spark.unsafe.types.UTF8String;

/** Words by their places, as a file has them that keeps each word once. */
record WordDictionary(List<UTF8String> words) implements Dictionary, Serializable {
  WordDictionary {
    words = List.copyOf(words);
  }

  @Override
  public byte[] decodeToBinary(int id) {
    return words.get(id).getBytes();
  }

  @Override
  public int decodeToInt(int id) {
    throw new UnsupportedOperationException("these are words");
  }

  @Override
  public long decodeToLong(int id) {
    throw new UnsupportedOperationException("these are words");
  }

  @Override
  public float decodeToFloat(int id) {
    throw new UnsupportedOperationException("these are words");
  }

  @Override
  public double decodeToDouble(int id) {
    throw new UnsupportedOperationException("these are words");
  }
}
