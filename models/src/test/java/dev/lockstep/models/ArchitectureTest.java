package dev.lockstep.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses MODELS =
      new ClassFileImporter().importPackages("dev.lockstep.models");

  @Test
  void models_know_neither_spark_nor_the_other_modules() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..",
            "org.apache.hadoop..",
            "io.delta..",
            "dev.lockstep.data..",
            "dev.lockstep.distributor..",
            "dev.lockstep.evaluation..")
        .check(MODELS);
  }

  @Test
  void layers_know_no_network() {
    noClasses()
        .that()
        .resideInAPackage("dev.lockstep.models.layers")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.lockstep.models.architectures")
        .check(MODELS);
  }

  @Test
  void the_contract_finds_networks_through_the_service_loader_alone() {
    noClasses()
        .that()
        .resideInAPackage("dev.lockstep.models")
        .and()
        .haveSimpleNameNotContaining("Test")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.lockstep.models.architectures", "dev.lockstep.models.layers")
        .check(MODELS);
  }
}
