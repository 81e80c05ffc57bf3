import { Component, type ComponentType, createElement, type JSX } from 'preact';

/** A component that is drawn again only when one of its properties is another one than before. */
export function memo<Properties extends object>(Inner: ComponentType<Properties>): ComponentType<Properties> {
  return class Memo extends Component<Properties> {
    override shouldComponentUpdate(next: Properties): boolean {
      const before = new Map(Object.entries(this.props));
      return Object.entries(next).some(([name, value]) => name !== 'children' && before.get(name) !== value);
    }

    render(): JSX.Element {
      return createElement(Inner, this.props);
    }
  };
}
