package dev.lockstep.distributor.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class EncryptionTest {
  private static SparkConf with(String... settings) {
    SparkConf conf = new SparkConf(false);
    for (String key : settings) {
      conf.set(key, "true");
    }
    return conf;
  }

  @Test
  void ranks_encrypt_where_spark_does() {
    assertThat(Distributor.isEncrypted(with())).isFalse();
    assertThat(Distributor.isEncrypted(with("spark.authenticate"))).isFalse();
    assertThat(Distributor.isEncrypted(with("spark.authenticate", "spark.network.crypto.enabled")))
        .isTrue();
    assertThat(Distributor.isEncrypted(with("spark.ssl.rpc.enabled"))).isTrue();
  }
}
