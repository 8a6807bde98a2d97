package dev.lockstep.distributor.rendezvous;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.distributor.collective.Cause;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankMessageTest {
  private static final String SECRET = "0123456789abcdef";

  @Test
  void what_ranks_tell_each_other_is_in_no_log_of_a_message_that_is_lost() {
    RankMessage message = new RankMessage.Gathered(1, 0, "host 20000 " + SECRET);
    assertThat(message).hasToString("Gathered of rank 1 in attempt 0");
    Object sent = message.encode(); // Spark logs what it drops as this object prints itself.
    assertThat(sent.toString()).doesNotContain(SECRET);
    assertThat(RankMessage.decode(message.encode())).isEqualTo(message);
  }

  @Test
  void any_text_comes_as_it_was_sent() {
    String text = "blanks, \u0000 and \"quotes\"\n{}";
    for (RankMessage message :
        List.of(
            new RankMessage.Report(0, 1, text),
            new RankMessage.Note(2, 0, text),
            new RankMessage.Warning(3, 0, text),
            new RankMessage.Failed(4, 2, Cause.of(text)),
            new RankMessage.Failed(5, 3, Cause.of(text, text)))) {
      assertThat(RankMessage.decode(message.encode())).isEqualTo(message);
    }
  }
}
