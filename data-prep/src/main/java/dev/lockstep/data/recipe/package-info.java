/**
 * Recipes: how a feature table is made of source tables, as data. {@code Recipe} says it, {@code
 * RecipeQuery} is the query that it means, {@code Prepare} makes and updates the table. What is
 * learned of features (scales, categories) is not here but in {@code dev.lockstep.data.features}.
 */
package dev.lockstep.data.recipe;
