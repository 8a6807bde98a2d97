package dev.lockstep.distributor.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RankMessageTest {
  private static final String SECRET = "0123456789abcdef";

  @Test
  void what_ranks_tell_each_other_is_in_no_log_of_a_message_that_is_lost() {
    RankMessage message = new RankMessage(1, 0, RankMessage.Kind.GATHERED, "host 20000 " + SECRET);
    assertThat(message).hasToString("GATHERED of rank 1 in attempt 0");
    Object sent = message.encode(); // Spark logs what it drops as this object prints itself.
    assertThat(sent.toString()).doesNotContain(SECRET);
    assertThat(RankMessage.decode(message.encode())).isEqualTo(message);
  }
}
