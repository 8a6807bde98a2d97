package dev.lockstep.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.models.engine.NativeMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class NativeMemoryTest {
  @Test
  @EnabledIf("glibc")
  void glibc_takes_the_setting() {
    assertThat(NativeMemory.keep(1 << 28)).isTrue();
  }

  @Test
  void a_negative_size_is_refused() {
    assertThatThrownBy(() -> NativeMemory.keep(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  static boolean glibc() {
    return java.nio.file.Files.exists(java.nio.file.Path.of("/lib64/ld-linux-x86-64.so.2"));
  }
}
