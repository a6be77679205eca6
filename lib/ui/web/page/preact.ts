/** preact, with types of our own. */
export type { ComponentChild, ComponentType, VNode } from "./preact_types.d.ts";
// @ts-types="./preact_types.d.ts"
export { Component, h, render } from "preact";
