package dev.lockstep.distributor.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class RankTaskTest {
  private static SparkConf with(String... settings) {
    SparkConf conf = new SparkConf(false);
    for (String key : settings) {
      conf.set(key, "true");
    }
    return conf;
  }

  @Test
  void ranks_encrypt_where_spark_does() {
    assertThat(RankTask.encrypted(with())).isFalse();
    assertThat(RankTask.encrypted(with("spark.authenticate"))).isFalse();
    assertThat(RankTask.encrypted(with("spark.authenticate", "spark.network.crypto.enabled")))
        .isTrue();
    assertThat(RankTask.encrypted(with("spark.ssl.rpc.enabled"))).isTrue();
  }
}
