package dev.lockstep.evaluation.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.data.LockstepException;
import dev.lockstep.data.snapshot.DeltaHistory.Commit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class VersionsTest {
  private static Commit commit(long version, String operation) {
    return new Commit(version, Instant.EPOCH, operation, Map.of(), Optional.empty());
  }

  private static final List<Commit> COMMITS =
      List.of(
          commit(4, "WRITE"),
          commit(3, "OPTIMIZE"),
          commit(2, "MERGE"),
          commit(1, "WRITE"),
          commit(0, "WRITE"));

  @Test
  void the_usual_choice_is_what_brought_other_data() {
    assertThat(Versions.parse("").of(COMMITS, 1))
        .extracting(Commit::version)
        .containsExactly(2L, 4L);
  }

  @Test
  void of_many_some_are_chosen_evenly_with_the_newest() {
    List<Commit> many = LongStream.rangeClosed(0, 100).mapToObj(v -> commit(v, "WRITE")).toList();
    List<Commit> chosen = Versions.parse("").of(many, 0);
    assertThat(chosen).hasSize(20);
    assertThat(chosen.get(0).version()).isEqualTo(5);
    assertThat(chosen.get(19).version()).isEqualTo(100);
  }

  @Test
  void numbers_and_ranges_are_read() {
    assertThat(Versions.parse("2, 3-4").of(COMMITS, 1))
        .extracting(Commit::version)
        .containsExactly(2L, 3L, 4L);
    assertThatThrownBy(() -> Versions.parse("two")).isInstanceOf(LockstepException.class);
    assertThatThrownBy(() -> Versions.parse("7").of(COMMITS, 1))
        .isInstanceOf(LockstepException.class)
        .hasMessageContaining("Choose from 2 to 4");
  }
}
