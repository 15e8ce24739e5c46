//! A dialog over the page: the browser's own, with its focus trap.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

use crate::{browser, composer::EDITOR};

/// A dialog.
#[derive(PartialEq, Properties)]
pub struct ModalProps {
    /// What it is called.
    pub label: AttrValue,
    /// Class beside its own.
    #[prop_or_default]
    pub class: Classes,
    /// The user closes it with Esc.
    pub on_close: Callback<()>,
    /// What is in it.
    pub children: Children,
}

/// A dialog over the page. It is open as long as it is there.
#[derive(Default)]
pub struct Modal(NodeRef);

impl Component for Modal {
    type Message = ();
    type Properties = ModalProps;

    fn create(_ctx: &Context<Self>) -> Self {
        Self::default()
    }

    fn rendered(&mut self, _ctx: &Context<Self>, first: bool) {
        if let (true, Some(dialog)) = (first, self.0.cast::<HtmlDialogElement>()) {
            let _ = dialog.show_modal();
        }
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        if let Some(dialog) = self.0.cast::<HtmlDialogElement>() {
            // The browser gives the focus back to where it was.
            dialog.close();
        }
        if gloo::utils::document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
            browser::focus(EDITOR);
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let ModalProps { label, class, on_close, children } = ctx.props();
        // Closing is the owner's decision: it may have something to say to the relay first. A browser that does not ask
        // closes the dialog itself, and the owner has to know that too.
        let oncancel = on_close.reform(|event: Event| event.prevent_default());
        let onclose = on_close.reform(|_: Event| ());
        html! {
            <dialog ref={&self.0} class={classes!("ask", class.clone())} aria-label={label} {oncancel} {onclose}>{ children.clone() }</dialog>
        }
    }
}
